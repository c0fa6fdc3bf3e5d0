import type { TestCase } from "../../core/problem";
import { useRun } from "../lab-context";
import { TestBody } from "../testcase/TestBody";
import classes from "./TestList.module.css";

/** The tests that the search may use. */
export function KnownTests() {
  const visible = useRun((run) => run.state.problem?.visibleTests);
  const generated = useRun((run) => run.state.generatedTests);
  return (
    <>
      <Group title="Visible tests" tests={visible ?? []} />
      <Group title="Generated tests" tests={generated} />
    </>
  );
}

function Group({ title, tests }: { readonly title: string; readonly tests: readonly TestCase[] }) {
  const language = useRun((run) => run.state.problem?.language ?? "javascript");
  if (tests.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <ul>
        {tests.map((test) => (
          <li key={JSON.stringify(test)} className={classes.known}>
            <TestBody test={test} language={language} />
          </li>
        ))}
      </ul>
    </section>
  );
}
