// Declares the part of the package edtf that the archive uses; the package has no types.
declare module 'edtf' {
  export default function edtf(value: string): {
    readonly type: string;
    readonly edtf: string;
    readonly min: number | null;
    readonly max: number | null;
  };
}
