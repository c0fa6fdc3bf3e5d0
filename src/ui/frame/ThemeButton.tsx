import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import type { IconName } from "../shared/Icon";
import { IconButton } from "../shared/IconButton";

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: "light", light: "dark", dark: "auto" };
const ICONS: Record<MantineColorScheme, IconName> = { auto: "auto", light: "sun", dark: "moon" };
const WORDS: Record<MantineColorScheme, string> = { auto: "as the system", light: "light", dark: "dark" };

/** Goes round the themes: as the system has it, light, dark. */
export function ThemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <IconButton
      icon={ICONS[colorScheme]}
      label={`Theme: ${WORDS[colorScheme]}`}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    />
  );
}
