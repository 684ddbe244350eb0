// A PostgreSQL with TimescaleDB in memory, for one connection at a time. Prints its port when it listens.
import { createServer } from "node:net";
import { PGlite } from "@electric-sql/pglite";
import { timescaledb } from "@electric-sql/pglite/timescaledb";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const db = await PGlite.create({ extensions: { timescaledb } });
const port = await freePort();
await new PGLiteSocketServer({ db, port, host: "127.0.0.1" }).start();
console.log(port);

// Whoever started us holds our input open: when he is gone, so are we.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
