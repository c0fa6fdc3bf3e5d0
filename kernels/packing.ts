/*
 * Packed matrices: B [k, n] as panels of 8 columns, each [k, 8], so that a product reads it from front to back. Matrices that lie row by row
 * would be read 8 numbers here and 8 numbers there, at distances that keep falling onto the same lines of the cache.
 */
import { F32 } from "./simd";

/** Columns of a panel; the last panel is filled up with zeros. */
export const PANEL: i32 = 8;

/** Numbers of a packed matrix. */
export function packedSize(k: i32, n: i32): usize {
  return <usize>k * <usize>((n + PANEL - 1) & ~(PANEL - 1));
}

/** Packs B [k, n], whose rows are `ldb` numbers apart. */
export function packRows(P: usize, B: usize, ldb: i32, k: i32, n: i32): void {
  const step = (<usize>ldb) << 2;
  let j = 0;
  for (; j + PANEL <= n; j += PANEL) {
    let b = B + ((<usize>j) << 2);
    for (const end = P + ((<usize>k) << 5); P < end; P += 32, b += step) {
      v128.store(P, v128.load(b));
      v128.store(P, v128.load(b, 16), 16);
    }
  }
  if (j === n) return;
  memory.fill(P, 0, (<usize>k) << 5);
  for (let l = 0; l < k; l++, P += 32) {
    const b = B + <usize>l * step + ((<usize>j) << 2);
    for (let i: usize = 0; i < (<usize>(n - j)) << 2; i += F32) store<f32>(P + i, load<f32>(b + i));
  }
}

/** Packs panels `from` to `to` of the transpose of B [n, k], whose rows are `ldb` numbers apart. */
export function packColumns(P: usize, B: usize, ldb: i32, k: i32, n: i32, from: i32, to: i32): void {
  for (let panel = from; panel < to; panel++) {
    const at = P + ((<usize>(panel * k)) << 5);
    const columns = min(PANEL, n - panel * PANEL);
    if (columns < PANEL) memory.fill(at, 0, (<usize>k) << 5);
    transpose(at, PANEL, B + ((<usize>(panel * PANEL * ldb)) << 2), ldb, columns, k);
  }
}

/** B [n, m] = A [m, n] transposed; their rows are `ldb` and `lda` numbers apart. */
export function transpose(B: usize, ldb: i32, A: usize, lda: i32, m: i32, n: i32): void {
  const sa = (<usize>lda) << 2;
  const sb = (<usize>ldb) << 2;
  const wholeRows = m & ~3;
  const wholeColumns = n & ~3;
  for (let i = 0; i < wholeRows; i += 4) {
    let a = A + <usize>i * sa;
    let b = B + ((<usize>i) << 2);
    for (let j = 0; j < wholeColumns; j += 4, a += 16, b += 4 * sb) transpose4(b, sb, a, sa);
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < wholeRows ? wholeColumns : 0; j < n; j++) {
      store<f32>(B + <usize>j * sb + ((<usize>i) << 2), load<f32>(A + <usize>i * sa + ((<usize>j) << 2)));
    }
  }
}

/** The same for 4 x 4 numbers: pairs of rows are interleaved, then pairs of pairs. */
function transpose4(b: usize, sb: usize, a: usize, sa: usize): void {
  const r0 = v128.load(a);
  const r1 = v128.load(a + sa);
  const r2 = v128.load(a + 2 * sa);
  const r3 = v128.load(a + 3 * sa);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(b, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(b + sb, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(b + 2 * sb, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(b + 3 * sb, v128.shuffle<f64>(high01, high23, 1, 3));
}
