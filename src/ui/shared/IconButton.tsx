import { ActionIcon } from "@mantine/core";
import { Icon, type IconName } from "./Icon";

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does: read out, and shown on hover. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

/** A quiet square button with an icon. */
export function IconButton({ icon, label, onClick, disabled = false }: IconButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={disabled}
    >
      <Icon name={icon} />
    </ActionIcon>
  );
}
