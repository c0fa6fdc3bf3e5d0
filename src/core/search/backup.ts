import type { Flight } from "./state";
import type { Turn } from "./turn";

/**
 * Ends a simulation: its value, in [0, 1], is added to every node on its path (W += value, N += 1), and its virtual visits go.
 * There is no discount (the reference repository's mcts_discount_factor is 1).
 */
export function backup(turn: Turn, flight: Flight, value: number): void {
  const { simulation, path, fresh } = flight;
  turn.emit({ type: "backedUp", simulation, path, value });
  turn.land(flight, fresh ? 0 : turn.state.idle + 1);
}

/** Ends a simulation that may not sample what it needs (the tokens are spent): nothing is learnt from it. */
export function abandon(turn: Turn, flight: Flight): void {
  turn.land(flight, turn.state.idle);
}
