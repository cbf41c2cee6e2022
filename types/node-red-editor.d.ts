// What @types/node-red lacks of the editor's interface, as far as the forms use it.
import '@node-red/editor-client';

declare module '@node-red/editor-client' {
  interface RED {
    tray: { resize(): void };
  }
}
