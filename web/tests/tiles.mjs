// A tile server of a test: one colour, as pictures, and as PMTiles files of pictures and of vectors.
import { createServer } from "node:http";
import { deflateSync } from "node:zlib";

/** What its pictures are of. */
export const GREEN = "20,160,60";

export async function startTiles() {
  const files = { "/pictures.pmtiles": archive(2, picture()), "/vectors.pmtiles": archive(1, vectors()) };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://tiles");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "range");
    if (request.method === "OPTIONS") return response.end();
    const file = files[pathname];
    if (!file) return response.setHeader("Content-Type", "image/png").end(picture());
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const piece = file.subarray(Number(from), Math.min(Number(to) + 1, file.length));
    response.writeHead(206, { "Content-Type": "application/octet-stream" }).end(piece);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A PNG of 256 by 256 pixels in one colour. */
function picture() {
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(256 * 3, Buffer.from(GREEN.split(",").map(Number)))]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(256, 0);
  header.writeUInt32BE(256, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array(256).fill(row)));
  const chunks = [chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** One tile of the whole world, whose layer `earth` covers it: Mapbox Vector Tile 2. */
function vectors() {
  const square = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15].flatMap(varint);
  const feature = [...field(3, 0, varint(3)), ...field(4, 2, square)];
  const layer = [
    ...field(15, 0, varint(2)),
    ...field(1, 2, [...Buffer.from("earth")]),
    ...field(2, 2, feature),
    ...field(5, 0, varint(4096)),
  ];
  return Buffer.from(field(3, 2, layer));
}

/** A field of a protocol buffer; kind 0 is a number, 2 is bytes. */
const field = (number, kind, value) => [
  ...varint((number << 3) | kind),
  ...(kind === 2 ? varint(value.length) : []),
  ...value,
];

function varint(number) {
  const bytes = [];
  for (let rest = number; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** A PMTiles file, version 3, with one tile, which is the whole world. */
function archive(tileType, tile) {
  const directory = Buffer.from([1, 0, 1, tile.length, 1].flatMap(varint));
  const metadata = Buffer.from("{}");
  const header = Buffer.alloc(127);
  header.write("PMTiles");
  header[7] = 3;
  const [first, second] = [127 + directory.length, 127 + directory.length + metadata.length];
  const numbers = [127, directory.length, first, metadata.length, second, 0, second, tile.length, 1, 1, 1];
  numbers.forEach((number, place) => header.writeBigUInt64LE(BigInt(number), 8 + 8 * place));
  header.set([1, 1, 1, tileType, 0, 0], 96);
  const degrees = [-180, -85, 180, 85];
  degrees.forEach((degree, place) => header.writeInt32LE(degree * 1e7, 102 + 4 * place));
  return Buffer.concat([header, directory, metadata, tile]);
}
