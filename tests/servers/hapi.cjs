// hapi with the listings of inert over a folder: node hapi.cjs FOLDER HOST PORT
"use strict";
const Hapi = require("@hapi/hapi");

const [folder, host, port] = process.argv.slice(2);
const main = async () => {
  const server = Hapi.server({ host, port: Number(port), routes: { files: { relativeTo: folder } } });
  await server.register(require("@hapi/inert"));
  server.route({ method: "GET", path: "/{path*}", handler: { directory: { path: ".", listing: true } } });
  await server.start();
};
main();
