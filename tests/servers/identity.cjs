// A real identity provider on loopback (oauth2-mock-server): node identity.cjs PORT. Each line of its input is JSON that
// changes what it gives: {"claims": {...}, "header": {...}, "drop": ["exp"], "token": "..."}.
"use strict";
const { OAuth2Server } = require("oauth2-mock-server");
const readline = require("readline");

(async () => {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  let change = {};
  server.service.on("beforeTokenSigning", (token, request) => {
    Object.assign(token.payload, change.claims || {});
    Object.assign(token.header, change.header || {});
    for (const name of change.drop || []) delete token.payload[name];
  });
  server.service.on("beforeResponse", (answer) => {
    if (change.token) answer.body.id_token = change.token;
  });
  readline.createInterface({ input: process.stdin }).on("line", async (line) => {
    change = JSON.parse(line);
    if (change.newKey) await server.issuer.keys.generate("RS256");
    console.log("changed");
  });
  await server.start(Number(process.argv[2]), "127.0.0.1");
  console.log("ready " + server.issuer.url);
})();
