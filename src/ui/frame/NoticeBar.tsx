import { useLab } from "../lab-context";
import { IconButton } from "../shared/IconButton";
import classes from "./NoticeBar.module.css";

/** One sentence about something that went wrong, until it is dismissed. */
export function NoticeBar() {
  const notice = useLab((state) => state.notice);
  const dismiss = useLab((state) => state.dismissNotice);
  return (
    <div className={classes.place} role="alert">
      {notice !== null && (
        <div className={classes.notice} data-tone={notice.tone}>
          <p>
            {notice.message} {notice.hint}
          </p>
          <IconButton icon="close" label="Dismiss" onClick={dismiss} />
        </div>
      )}
    </div>
  );
}
