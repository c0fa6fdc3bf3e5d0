/** What each `bench/<name>.bench.ts` exports as `measure`. Units stand in the names of the figures. */
export type Measure = (log: (line: string) => void) => Promise<Readonly<Record<string, unknown>>>;
