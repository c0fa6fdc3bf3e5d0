import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The accent, light to dark: what can be pressed, what is selected, where the search is looking. */
const iris: MantineColorsTuple = [
  "#eef1fd",
  "#dde3fa",
  "#bcc7f5",
  "#9cacf0",
  "#8497ec",
  "#6c82e6",
  "#566edb",
  "#4359c4",
  "#3448a6",
  "#26377f",
];

/** The greys of the dark theme: text (0), borders (4), fields (6), panes (7); as in base.css. */
const dark: MantineColorsTuple = [
  "#ececef",
  "#c3c5cd",
  "#a4a7b1",
  "#6d707a",
  "#3a3d44",
  "#2a2c31",
  "#1f2125",
  "#17181b",
  "#111214",
  "#0c0d0e",
];

/** Mantine's look, brought in line with base.css. */
export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: 7,
  colors: { iris, dark },
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-code)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px" },
  defaultRadius: 7,
  cursorType: "pointer",
  respectReducedMotion: true,
});

const variables = {
  "--mantine-color-body": "var(--pane)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-soft)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-placeholder": "var(--ink-soft)",
};

/** Lets Mantine use the colours of base.css. */
export const colorsOfThePage: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
