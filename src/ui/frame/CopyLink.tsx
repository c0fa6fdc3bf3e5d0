import { useEffect, useState } from "react";
import { hashOf } from "../../store/address";
import { useLabStore } from "../lab-context";
import { IconButton } from "../shared/IconButton";

const PRAISE_MS = 1600;

/** Copies the link to what is on the screen. */
export function CopyLink() {
  const store = useLabStore();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), PRAISE_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => {
    const link = location.href.replace(/#.*$/, "") + hashOf(store.getState());
    navigator.clipboard.writeText(link).then(
      () => setCopied(true),
      () =>
        store.getState().notify({
          tone: "error",
          message: "The browser did not let the link be copied.",
          hint: "Copy it from the address bar.",
        }),
    );
  };

  return (
    <>
      <IconButton icon={copied ? "check" : "link"} label={copied ? "Link copied" : "Copy link"} onClick={copy} />
      <span className="only-spoken" role="status">
        {copied ? "Link copied" : ""}
      </span>
    </>
  );
}
