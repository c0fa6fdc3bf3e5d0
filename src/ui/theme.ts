import { createTheme, type MantineColorsTuple } from "@mantine/core";

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

/** Mantine's look, brought in line with base.css. */
export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { iris },
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-code)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px" },
  defaultRadius: 7,
  cursorType: "pointer",
  respectReducedMotion: true,
});
