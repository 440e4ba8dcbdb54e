// Express with serve-index over a folder: node express.cjs FOLDER HOST PORT
const express = require("express");
const serveIndex = require("serve-index");

const [folder, host, port] = process.argv.slice(2);
const app = express();
app.use((request, answer, next) => {
  console.log(`${request.method} ${request.url}`);
  next();
});
app.use(express.static(folder, { dotfiles: "ignore" }), serveIndex(folder, { view: "details", icons: true }));
app.listen(Number(port), host);
