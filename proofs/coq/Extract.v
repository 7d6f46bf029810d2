(* The program: [check_text] as OCaml, with Coq's standard mappings (Z and positive: Zarith's
   integers, nat: int, ascii: char). *)
From Coq Require Import Extraction ExtrOcamlBasic ExtrOcamlString ExtrOcamlNatInt ExtrOcamlZBigInt.
From Cert Require Import Text.
Extraction Language OCaml.
Extraction "chk.ml" check_text.
