/*
 * Matrix products in tiles that live in registers: 6 x 8 numbers, or 4 x 8 where fewer rows are left. V8 has 16 vector registers and
 * gives out 15: 12 sums, two of B, one of A. What comes out for an element does not depend on the tile that it falls into.
 */
import { ownRoom, takeForEach } from "./layout";
import { PANEL, packRows, transpose } from "./packing";
import { F32, madd } from "./simd";

/** Columns that are taken together: 4 panels. */
const GROUP: i32 = 4 * PANEL;

/** Most of the inner dimension at once where a matrix is packed on the way: then its group is in the first cache. */
const INNER: i32 = 256;

/** Each thread's own: a tile that is not whole, a group, and the rows of a transposed A. */
let rooms: usize = 0;
let roomSize: usize = 0;
const TILE_SIZE: usize = 64;

/** Lays out what the products need; `rows`: most rows of a transposed A. */
export function layOutProducts(threads: i32, rows: i32): void {
  roomSize = TILE_SIZE + <usize>(INNER * (GROUP + rows));
  rooms = takeForEach(threads, roomSize);
}

/**
 * C [m, n] = A [m, k] B, or C += A B: rows `from` to `to` of it. Rows of C and A are `ldc` and `lda` numbers apart; B are the first k rows of a
 * packed matrix of `depth` rows.
 */
export function matmulPacked(
  C: usize,
  ldc: i32,
  A: usize,
  lda: i32,
  B: usize,
  depth: i32,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  const a = A + ((<usize>from * <usize>lda) << 2);
  const c = C + ((<usize>from * <usize>ldc) << 2);
  for (let j = 0; j < n; j += GROUP) {
    const b = B + ((<usize>j * <usize>depth) << 2);
    group(c + ((<usize>j) << 2), ldc, a, lda, b, depth, to - from, min(GROUP, n - j), k, add);
  }
}

/** The same for a B [k, n] whose rows are `ldb` numbers apart: it is packed on the way. */
export function matmul(
  C: usize,
  ldc: i32,
  A: usize,
  lda: i32,
  B: usize,
  ldb: i32,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  const c = C + ((<usize>from * <usize>ldc) << 2);
  for (let l = 0; l < k; l += INNER) {
    const a = A + ((<usize>from * <usize>lda + <usize>l) << 2);
    const b = B + ((<usize>l * <usize>ldb) << 2);
    packedOnTheWay(c, ldc, a, lda, b, ldb, to - from, n, min(INNER, k - l), add || l > 0);
  }
}

/** C [m, n] += A^T B for A [k, m] and B [k, n], whose rows are `lda` and `ldb` numbers apart: rows `from` to `to` of C. */
export function addTransposedProduct(
  C: usize,
  ldc: i32,
  A: usize,
  lda: i32,
  B: usize,
  ldb: i32,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
): void {
  const c = C + ((<usize>from * <usize>ldc) << 2);
  const turned = ownRoom(rooms, roomSize) + (TILE_SIZE + <usize>(INNER * GROUP)) * F32;
  for (let l = 0; l < k; l += INNER) {
    const inner = min(INNER, k - l);
    transpose(turned, inner, A + ((<usize>l * <usize>lda + <usize>from) << 2), lda, inner, to - from);
    packedOnTheWay(c, ldc, turned, inner, B + ((<usize>l * <usize>ldb) << 2), ldb, to - from, n, inner, true);
  }
}

function packedOnTheWay(
  c: usize,
  ldc: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  rows: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  const packed = ownRoom(rooms, roomSize) + TILE_SIZE * F32;
  for (let j = 0; j < n; j += GROUP) {
    const columns = min(GROUP, n - j);
    packRows(packed, b + ((<usize>j) << 2), ldb, k, columns);
    group(c + ((<usize>j) << 2), ldc, a, lda, packed, k, rows, columns, k, add);
  }
}

/** Up to 32 columns of a product: tile after tile, and row after row for the last three. */
function group(
  c: usize,
  ldc: i32,
  a: usize,
  lda: i32,
  b: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  k: i32,
  add: bool,
): void {
  const sa = (<usize>lda) << 2;
  const sc = (<usize>ldc) << 2;
  const panel = (<usize>depth) << 5;
  let left = rows;
  while (left >= 4) {
    // 8 rows are two tiles of 4: 6 would leave 2 rows, which are slower one by one.
    const height = left >= 6 && left !== 8 ? 6 : 4;
    for (let j = 0, p = b; j < columns; j += PANEL, p += panel) {
      tile(height, c + ((<usize>j) << 2), sc, a, sa, p, min(PANEL, columns - j), k, add);
    }
    a += <usize>height * sa;
    c += <usize>height * sc;
    left -= height;
  }
  for (; left > 0; left--, a += sa, c += sc) row(c, a, b, panel, columns, k, add);
}

/** A tile of C; one of fewer columns than a panel is made aside. */
function tile(height: i32, c: usize, sc: usize, a: usize, sa: usize, b: usize, columns: i32, k: i32, add: bool): void {
  if (columns === PANEL) {
    if (height === 6) tile6(c, sc, a, sa, b, k, add);
    else tile4(c, sc, a, sa, b, k, add);
    return;
  }
  const aside = ownRoom(rooms, roomSize);
  const step = (<usize>PANEL) << 2;
  if (add) copyTile(aside, step, c, sc, height, columns);
  if (height === 6) tile6(aside, step, a, sa, b, k, add);
  else tile4(aside, step, a, sa, b, k, add);
  copyTile(c, sc, aside, step, height, columns);
}

/** 6 x 8 numbers of C. Nothing but stores may follow the loop: V8 keeps in memory what it must set aside anywhere. */
function tile6(c: usize, sc: usize, a0: usize, sa: usize, b: usize, k: i32, add: bool): void {
  const zero = f32x4.splat(0);
  let c00 = zero,
    c01 = zero,
    c10 = zero,
    c11 = zero,
    c20 = zero,
    c21 = zero,
    c30 = zero,
    c31 = zero,
    c40 = zero,
    c41 = zero,
    c50 = zero,
    c51 = zero;
  let a1 = a0 + sa,
    a2 = a1 + sa,
    a3 = a2 + sa,
    a4 = a3 + sa,
    a5 = a4 + sa;
  const r1 = c + sc,
    r2 = r1 + sc,
    r3 = r2 + sc,
    r4 = r3 + sc,
    r5 = r4 + sc;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c20 = v128.load(r2);
    c21 = v128.load(r2, 16);
    c30 = v128.load(r3);
    c31 = v128.load(r3, 16);
    c40 = v128.load(r4);
    c41 = v128.load(r4, 16);
    c50 = v128.load(r5);
    c51 = v128.load(r5, 16);
  }
  const end = b + ((<usize>k) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let a = v128.load32_splat(a0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(a1);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(a2);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(a3);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load32_splat(a4);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load32_splat(a5);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
    b += 32;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
  v128.store(r4, c40);
  v128.store(r4, c41, 16);
  v128.store(r5, c50);
  v128.store(r5, c51, 16);
}

/** 4 x 8 numbers of C. */
function tile4(c: usize, sc: usize, a0: usize, sa: usize, b: usize, k: i32, add: bool): void {
  const zero = f32x4.splat(0);
  let c00 = zero,
    c01 = zero,
    c10 = zero,
    c11 = zero,
    c20 = zero,
    c21 = zero,
    c30 = zero,
    c31 = zero;
  let a1 = a0 + sa,
    a2 = a1 + sa,
    a3 = a2 + sa;
  const r1 = c + sc,
    r2 = r1 + sc,
    r3 = r2 + sc;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c20 = v128.load(r2);
    c21 = v128.load(r2, 16);
    c30 = v128.load(r3);
    c31 = v128.load(r3, 16);
  }
  const end = b + ((<usize>k) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let a = v128.load32_splat(a0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(a1);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(a2);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(a3);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    b += 32;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** One row of C: its columns lie in up to four panels, which are read side by side. */
function row(c: usize, a: usize, b: usize, panel: usize, columns: i32, k: i32, add: bool): void {
  const zero = f32x4.splat(0);
  let s0 = zero,
    s1 = zero,
    s2 = zero,
    s3 = zero,
    s4 = zero,
    s5 = zero,
    s6 = zero,
    s7 = zero;
  const to = columns === GROUP ? c : ownRoom(rooms, roomSize);
  if (add) {
    if (to !== c) copyTile(to, 0, c, 0, 1, columns);
    s0 = v128.load(to);
    s1 = v128.load(to, 16);
    s2 = v128.load(to, 32);
    s3 = v128.load(to, 48);
    s4 = v128.load(to, 64);
    s5 = v128.load(to, 80);
    s6 = v128.load(to, 96);
    s7 = v128.load(to, 112);
  }
  const last = b + <usize>((columns - 1) >> 3) * panel;
  let b1 = min(b + panel, last),
    b2 = min(b1 + panel, last),
    b3 = min(b2 + panel, last);
  for (const end = b + ((<usize>k) << 5); b < end; b += 32, b1 += 32, b2 += 32, b3 += 32, a += 4) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(b), s0);
    s1 = madd(x, v128.load(b, 16), s1);
    s2 = madd(x, v128.load(b1), s2);
    s3 = madd(x, v128.load(b1, 16), s3);
    s4 = madd(x, v128.load(b2), s4);
    s5 = madd(x, v128.load(b2, 16), s5);
    s6 = madd(x, v128.load(b3), s6);
    s7 = madd(x, v128.load(b3, 16), s7);
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
  v128.store(to, s7, 112);
  if (to !== c) copyTile(c, 0, to, 0, 1, columns);
}

/** Copies a tile of `columns` columns; its rows are `stepTo` and `stepFrom` bytes apart. */
function copyTile(to: usize, stepTo: usize, from: usize, stepFrom: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, to += stepTo, from += stepFrom) {
    for (let j: usize = 0; j < (<usize>columns) << 2; j += F32) store<f32>(to + j, load<f32>(from + j));
  }
}
