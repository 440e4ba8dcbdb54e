// The identity provider of identity.cjs behind a login form of its own: node identity_login.cjs PORT ACCOUNTS [KEY CERT].
// ACCOUNTS is JSON, {user: password}. Each line of its input is JSON that changes what it does, and is answered by what
// was sent to its form: {"state": "...", "to": "...", "error": "...", "action": "...", "consent": true, "busy": true}.
"use strict";
const { OAuth2Issuer, OAuth2Service } = require("oauth2-mock-server");
const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const readline = require("node:readline");

const [port, accounts, key, cert] = process.argv.slice(2);
const known = JSON.parse(accounts);
const signed = {}; // by the cookie of the session
const tokens = {}; // the token of each form, by the cookie that it belongs to
const codes = {};
const sent = [];
let change = {};

const cookie = (request, name) =>
  (request.headers.cookie || "").split("; ").find((pair) => pair.startsWith(name + "="))?.slice(name.length + 1);

function form(response, back) {
  const before = randomUUID();
  tokens[before] = randomUUID();
  response.writeHead(200, { "Content-Type": "text/html", "Set-Cookie": `before=${before}; HttpOnly` });
  response.end(
    `<html><body><h1>Sign in</h1><form method="post" action="${change.action || "/login/submit?tab=1"}">` +
      `<input type="hidden" name="csrf" value="${tokens[before]}"><input type="hidden" name="back" value="${back}">` +
      '<input name="user"><input type="password" name="pass"><button>Go</button></form></body></html>',
  );
}

// A page whose script sends the answer on to the portal.
function hand(response, to, fields) {
  const hidden = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  response.statusCode = 200;
  response.setHeader("Content-Type", "text/html");
  response.end(
    `<html><body onload="document.forms[0].submit()"><form method="post" action="${to}">${hidden.join("")}` +
      '<noscript><input type="submit" value="Go on"></noscript></form></body></html>',
  );
}

function submit(request, response, body) {
  const said = Object.fromEntries(new URLSearchParams(body));
  sent.push({ ...said, portal: cookie(request, "sid") !== undefined });
  if (change.busy) return void response.writeHead(503).end("later");
  if (said.csrf !== tokens[cookie(request, "before")]) return void response.writeHead(400).end("forged");
  if (known[said.user] !== said.pass) return form(response, said.back.replaceAll("&", "&amp;"));
  if (change.consent) return void response.writeHead(200, { "Content-Type": "text/html" }).end("<p>Enter the code.</p>");
  const session = randomUUID();
  signed[session] = said.user;
  response.writeHead(303, { Location: said.back, "Set-Cookie": `session=${session}; HttpOnly` }).end();
}

(async () => {
  const issuer = new OAuth2Issuer();
  issuer.url = `${key ? "https" : "http"}://127.0.0.1:${port}`;
  await issuer.keys.generate("RS256");
  const service = new OAuth2Service(issuer);
  service.on("beforeAuthorizeRedirect", (redirect, request) => {
    codes[redirect.url.searchParams.get("code")] = signed[cookie(request, "session")];
    if (change.state) redirect.url.searchParams.set("state", change.state);
    if (change.error) redirect.url.searchParams.set("error", change.error);
    if (change.to) redirect.url.href = change.to + redirect.url.search;
  });
  service.on("beforeTokenSigning", (token, request) => {
    token.payload.sub = codes[request.body.code];
  });
  const handler = (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://here");
    const user = signed[cookie(request, "session")];
    if (pathname === "/saml" && user) {
      // What the portal asked is deflated XML; the answer is not signed here, since who asks does not read it.
      const status = change.error ? "Responder" : "Success";
      const answer = `<Response><StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/><NameID>${user}</NameID></Response>`;
      const state = change.state || searchParams.get("RelayState");
      const to = change.to || searchParams.get("acs");
      return hand(response, to, { SAMLResponse: Buffer.from(answer).toString("base64"), RelayState: state });
    }
    if (searchParams.get("response_mode") === "form_post" && user) {
      const end = response.end.bind(response);
      response.end = () => {
        const to = new URL(response.getHeader("Location"));
        for (const name of ["Location", "Content-Length"]) response.removeHeader(name);
        response.end = end;
        hand(response, change.to || to.origin + to.pathname, Object.fromEntries(to.searchParams));
      };
    }
    if (pathname === "/login") return form(response, searchParams.get("back").replaceAll("&", "&amp;"));
    if (pathname === "/login/submit") {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      return void request.on("end", () => submit(request, response, Buffer.concat(parts).toString()));
    }
    if ((pathname === "/authorize" || pathname === "/saml") && !signed[cookie(request, "session")]) {
      return void response.writeHead(302, { Location: `/login?back=${encodeURIComponent(request.url)}` }).end();
    }
    service.requestHandler(request, response);
  };
  const server = key
    ? https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, handler)
    : http.createServer(handler);
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    change = JSON.parse(line);
    console.log(JSON.stringify(sent));
  });
  server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
})();
