import type { TestCase } from "../../core/problem";
import { useLab } from "../lab-context";
import { TestBody } from "../testcase/TestBody";
import classes from "./TestList.module.css";

/** The tests that the search may use. */
export function KnownTests() {
  const visible = useLab((state) => state.state.problem?.visibleTests);
  const generated = useLab((state) => state.state.generatedTests);
  return (
    <>
      <Group title="Visible tests" tests={visible ?? []} />
      <Group title="Generated tests" tests={generated} />
    </>
  );
}

function Group({ title, tests }: { readonly title: string; readonly tests: readonly TestCase[] }) {
  const language = useLab((state) => state.state.problem?.language ?? "javascript");
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
