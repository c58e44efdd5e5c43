// The edtf package brings no types; this is what the archive uses of it.
declare module 'edtf' {
  export default function edtf(value: string): {
    readonly type: string;
    readonly edtf: string;
    readonly min: number | null;
    readonly max: number | null;
  };
}
