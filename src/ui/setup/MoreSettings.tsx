import { NativeSelect } from "@mantine/core";
import { useId } from "react";
import type { SearchConfig } from "../../core/config";
import { useLab } from "../lab-context";
import { NumberField } from "../shared/NumberField";
import classes from "./MoreSettings.module.css";
import { SETTINGS, type Setting } from "./settings-list";

/** The settings that most people leave alone, each with a line that says what it does. */
export function MoreSettings() {
  const spec = useLab((state) => state.spec);
  const commit = useLab((state) => state.commit);
  const { strategy } = spec.config;
  return (
    <details className={classes.more}>
      <summary>More settings</summary>
      <div className={classes.list}>
        {SETTINGS.filter(({ only }) => only?.includes(strategy) ?? true).map((setting) => (
          <Row
            key={setting.label}
            setting={setting}
            config={spec.config}
            onChange={(config) => commit({ ...spec, config })}
          />
        ))}
      </div>
    </details>
  );
}

interface RowProps {
  readonly setting: Setting;
  readonly config: SearchConfig;
  readonly onChange: (config: SearchConfig) => void;
}

function Row({ setting, config, onChange }: RowProps) {
  const helpId = useId();
  return (
    <div className={classes.row}>
      <div>
        <p>{setting.label}</p>
        <p id={helpId} className={classes.help}>
          {setting.help}
        </p>
      </div>
      {setting.kind === "choice" ? (
        <NativeSelect
          aria-label={setting.label}
          aria-describedby={helpId}
          data={[...setting.options]}
          value={setting.get(config)}
          onChange={(event) => onChange(setting.set(config, event.currentTarget.value))}
        />
      ) : (
        <NumberField
          label={setting.label}
          labelIsElsewhere
          describedBy={helpId}
          value={setting.get(config)}
          limit={setting.limit}
          optional={setting.optional}
          {...(setting.step === undefined ? {} : { step: setting.step })}
          onCommit={(value) => onChange(setting.set(config, value))}
          onClear={() => onChange(setting.set(config, null))}
        />
      )}
    </div>
  );
}
