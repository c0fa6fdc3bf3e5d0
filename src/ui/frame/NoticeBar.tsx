import type { DialogName } from "../../store/view-slice";
import { useLab } from "../contexts";
import { IconButton, TextButton } from "../shared/buttons";
import classes from "./NoticeBar.module.css";

const OPEN_WORDS: Record<DialogName, string> = { problems: "Add problems", model: "Choose another model" };

interface NoticeBarProps {
  /** It stands in a dialog, and shows only what came from it. */
  readonly isInDialog?: boolean;
}

/** One sentence about something that went wrong, until it is dismissed. */
export function NoticeBar({ isInDialog = false }: NoticeBarProps) {
  const notice = useLab((state) => (isInDialog && state.noticeDialog !== state.dialog ? null : state.notice));
  const dismiss = useLab((state) => state.dismissNotice);
  const showDialog = useLab((state) => state.showDialog);
  const opens = notice?.opens;
  return (
    <div className={classes.place} role="alert">
      {notice !== null && (
        <div className={classes.notice} data-tone={notice.tone}>
          <p>
            {notice.message} {notice.hint}{" "}
            {opens !== undefined && <TextButton onClick={() => showDialog(opens)}>{OPEN_WORDS[opens]}</TextButton>}
          </p>
          <IconButton icon="close" label="Dismiss" onClick={dismiss} />
        </div>
      )}
    </div>
  );
}
