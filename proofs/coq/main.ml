(* chk FILE...: each file is accepted or refused; - is stdin.
   Exit codes: 0 all accepted, 1 one is refused, 2 no file, or one cannot be read. *)
let text file =
  let channel = if file = "-" then stdin else open_in_bin file in
  let read = Buffer.create 65536 in
  (try while true do Buffer.add_channel read channel 1 done with End_of_file -> ());
  let s = Buffer.contents read in
  let n = String.length s in
  if n > 0 && s.[n - 1] = '\n' then String.sub s 0 (n - 1) else s

let accepted s =
  try Chk.check_text (List.init (String.length s) (String.get s))
  with Stack_overflow | Out_of_memory -> false

let () =
  let files = List.tl (Array.to_list Sys.argv) in
  let verdict worst file =
    match text file with
    | exception Sys_error why -> prerr_endline why; 2
    | s ->
      let start = Sys.time () in
      let fine = accepted s in
      Printf.printf "%s: %s, %.3f s\n%!" file
        (if fine then "accepted" else "refused") (Sys.time () -. start);
      max worst (if fine then 0 else 1) in
  if files = [] then prerr_endline "usage: chk CERT.json ...";
  exit (List.fold_left verdict (if files = [] then 2 else 0) files)
