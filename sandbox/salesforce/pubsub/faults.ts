/** Disturbances of the delivery, as the control surface orders them. */
import type { ChangeEvent } from '../data/changes/log.ts';

export interface DeliveryFaults {
  /** Every delivery waits so long. */
  delayMs: number;
  /** Deliveries that hold each event twice. */
  repeat: number;
  /** Deliveries whose events come in the wrong order; one event alone waits for the next. */
  reorder: number;
  /** True while a delivery waits for a second event. */
  holdsBack(events: readonly ChangeEvent[]): boolean;
  disturb(events: ChangeEvent[]): ChangeEvent[];
  clear(): void;
}

export function makeDeliveryFaults(): DeliveryFaults {
  const faults: DeliveryFaults = {
    delayMs: 0,
    repeat: 0,
    reorder: 0,
    holdsBack: (events) => faults.reorder > 0 && events.length < 2,
    disturb(events) {
      let out = events;
      if (faults.reorder > 0) {
        faults.reorder -= 1;
        out = out.toReversed();
      }
      if (faults.repeat > 0) {
        faults.repeat -= 1;
        out = [...out, ...out];
      }
      return out;
    },
    clear: () => void Object.assign(faults, { delayMs: 0, repeat: 0, reorder: 0 }),
  };
  return faults;
}
