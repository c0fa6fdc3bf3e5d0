import { PAPER_SOURCE, PAPER_TABLE_1 } from "../../experiment/compare/table";
import { percent } from "./comparison-words";
import classes from "./PaperTable.module.css";

/** The paper's Table 1, folded away: what our table is to be read beside. */
export function PaperTable() {
  return (
    <details className={classes.paper}>
      <summary>The paper's own figures (Table 1)</summary>
      <table className={`${classes.table} numbers`}>
        <caption>{PAPER_SOURCE}. The paper gives no intervals.</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Kind</th>
            <th scope="col">Pass@1, %</th>
            <th scope="col">ASPR, %</th>
          </tr>
        </thead>
        <tbody>
          {PAPER_TABLE_1.map(({ model, kind, passAt1, aspr }) => (
            <tr key={`${model} ${kind}`}>
              <th scope="row">{model}</th>
              <td>{kind}</td>
              <td>{percent(passAt1)}</td>
              <td>{percent(aspr)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
