/** A backup that is not what it says it is: what was read cannot be trusted. */
export class BackupDamaged extends Error {
  constructor(what: string, options: { cause?: unknown } = {}) {
    super(`this backup is damaged: ${what}`, options);
    this.name = 'BackupDamaged';
  }
}

/** Nothing was done, and the message says what to change before asking again. */
export class BackupRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'BackupRefused';
  }
}
