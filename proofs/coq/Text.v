(* The text boundary: JSON text -> certificate. The parser is not trusted: its value is printed again and compared with the text. *)
From Coq Require Import Ascii String List ZArith QArith Bool Reals Qreals.
From Cert Require Import Checker Staircase Rational.
Import ListNotations.
Open Scope char_scope.
Definition str := list ascii.
Inductive json := JZ (z : Z) | JS (s : str) | JL (l : list json) | JO (l : list (str * json)) | JB (b : bool) | JN.
Fixpoint streq (s t : str) : bool := match s, t with a :: s', b :: t' => Ascii.eqb a b && streq s' t' | [], [] => true | _, _ => false end.
Definition lit (s : string) : str := list_ascii_of_string s.

(** ** printing: canonical text (sorted keys are required by [record] below; no spaces) *)
Definition digit (d : Z) : ascii := ascii_of_nat (48 + Z.to_nat d).
Fixpoint digits (fuel : nat) (z : Z) (acc : str) : str :=
  match fuel with O => acc | S f => let (q, r) := Z.div_eucl z 10 in if Z.eqb q 0 then digit r :: acc else digits f q (digit r :: acc) end.
Definition pz (z : Z) (k : str) : str := if Z.ltb z 0 then "-" :: digits (S (Z.to_nat (Z.log2 (- z)))) (- z) k else digits (S (Z.to_nat (Z.log2 z))) z k.
Fixpoint pstr (s : str) (k : str) : str := match s with [] => """" :: k | a :: s' => a :: pstr s' k end.
Fixpoint pj (j : json) (k : str) : str :=
  match j with
  | JZ z => pz z k
  | JS s => """" :: pstr s k
  | JB b => app (lit (if b then "true" else "false")) k
  | JN => app (lit "null") k
  | JL l => "[" :: (fix go (l : list json) (first : bool) : str :=
      match l with [] => "]" :: k | x :: l' => let r := pj x (go l' false) in if first then r else "," :: r end) l true
  | JO l => "{" :: (fix go (l : list (str * json)) (first : bool) : str :=
      match l with [] => "}" :: k | (n, x) :: l' => let r := """" :: pstr n (":" :: pj x (go l' false)) in if first then r else "," :: r end) l true
  end.
Definition print (j : json) : str := pj j [].

(** ** parsing (fuel; nothing is proved about it, nothing needs to be) *)
Definition isdigit (a : ascii) := let n := nat_of_ascii a in (48 <=? n)%nat && (n <=? 57)%nat.
Fixpoint pnum (s : str) (acc : Z) : Z * str := match s with a :: s' => if isdigit a then pnum s' (10 * acc + Z.of_nat (nat_of_ascii a - 48)) else (acc, s) | [] => (acc, []) end.
Fixpoint pquote (s acc : str) : option (str * str) := match s with [] => None | a :: s' => if Ascii.eqb a """" then Some (rev acc, s') else pquote s' (a :: acc) end.
Fixpoint prefix (p s : str) : option str := match p, s with [], _ => Some s | a :: p', b :: s' => if Ascii.eqb a b then prefix p' s' else None | _, [] => None end.
Fixpoint parse (fuel : nat) (s : str) : option (json * str) :=
  match fuel with O => None | S f =>
    match s with
    | "[" :: "]" :: s' => Some (JL [], s')
    | "[" :: s' => option_map (fun r => (JL (fst r), snd r)) (plist f s')
    | "{" :: "}" :: s' => Some (JO [], s')
    | "{" :: s' => option_map (fun r => (JO (fst r), snd r)) (pobj f s')
    | """" :: s' => option_map (fun r => (JS (fst r), snd r)) (pquote s' [])
    | "t" :: s' => option_map (fun r => (JB true, r)) (prefix (lit "rue") s')
    | "f" :: s' => option_map (fun r => (JB false, r)) (prefix (lit "alse") s')
    | "n" :: s' => option_map (fun r => (JN, r)) (prefix (lit "ull") s')
    | "-" :: s' => let (z, r) := pnum s' 0 in Some (JZ (- z), r)
    | _ => let (z, r) := pnum s 0 in Some (JZ z, r)
    end end
with plist (fuel : nat) (s : str) : option (list json * str) :=
  match fuel with O => None | S f =>
    match parse f s with
    | Some (x, "," :: s') => option_map (fun r => (x :: fst r, snd r)) (plist f s')
    | Some (x, "]" :: s') => Some ([x], s')
    | _ => None end end
with pobj (fuel : nat) (s : str) : option (list (str * json) * str) :=
  match fuel with O => None | S f =>
    match s with
    | """" :: s' =>
      match pquote s' [] with
      | Some (n, ":" :: s2) =>
        match parse f s2 with
        | Some (x, "," :: s3) => option_map (fun r => ((n, x) :: fst r, snd r)) (pobj f s3)
        | Some (x, "}" :: s3) => Some ([(n, x)], s3)
        | _ => None end
      | _ => None end
    | _ => None end end.

(** ** reading *)
Fixpoint record (keys : list string) (l : list (str * json)) : option (list json) :=
  match keys, l with
  | k :: keys', (n, x) :: l' => if streq (lit k) n then option_map (cons x) (record keys' l') else None
  | [], [] => Some [] | _, _ => None end.
Definition obj (keys : list string) (j : json) : option (list json) := match j with JO l => record keys l | _ => None end.
Definition arr {A} (f : json -> option A) (j : json) : option (list A) := match j with JL l => mapo f l | _ => None end.
Definition int (j : json) : option Z := match j with JZ z => Some z | _ => None end.
(** indices and tokens are small: a [nat] is a machine integer in the extracted program *)
Definition small : Z := 1000000000.
Definition nat_ (j : json) : option nat := match j with JZ z => if (0 <=? z)%Z && (z <=? small)%Z then Some (Z.to_nat z) else None | _ => None end.
Definition token (j : json) : option Z := match j with JZ z => if (Z.abs z <=? small)%Z then Some z else None | _ => None end.
Definition qtext (q : Q) : str := if Z.eqb (Zpos (Qden q)) 1 then pz (Qnum q) [] else pz (Qnum q) ("/" :: pz (Zpos (Qden q)) []).
Definition rat_ (j : json) : option Q :=
  match j with
  | JS s =>
    let (neg, s1) := match s with "-" :: s' => (true, s') | _ => (false, s) end in
    let (p, s2) := pnum s1 0 in
    let (q, s3) := match s2 with "/" :: s' => pnum s' 0 | _ => (1%Z, s2) end in
    let x := Qred (Qmake (if neg then - p else p)%Z (Z.to_pos q)) in
    if streq (qtext x) s then Some x else None
  | _ => None end.
Definition over (num : list Z) (den : Z) : option (list Q) :=
  if (0 <? den)%Z then Some (List.map (fun t => Qred (Qmake t (Z.to_pos den))) num) else None.
Definition bind {A B} (x : option A) (f : A -> option B) : option B := match x with Some a => f a | None => None end.
Notation "'do' p <- x ; f" := (bind x (fun p => f)) (at level 200, p pattern, x at level 100, f at level 200).
Definition ratv := arr rat_.
Definition ints (j : json) : option (list Q) := do l <- arr int j; Some (List.map (fun t => Qmake t 1) l).
Definition d_atom (j : json) : option (bool * list Q) :=
  match obj ["g"; "sign"]%string j with Some [g; JZ s] => if Z.eqb s 1 then option_map (pair true) (ratv g) else if Z.eqb s (-1) then option_map (pair false) (ratv g) else None | _ => None end.
Definition d_vert (j : json) : option (list nat * list Q) :=
  match obj ["support"; "weights"]%string j with Some [s; w] => do s <- arr nat_ s; do w <- ratv w; Some (s, w) | _ => None end.
Definition d_circuit (j : json) : option (list nat * list Q) := match j with JL [s; t] => do s <- arr nat_ s; do t <- ints t; Some (s, t) | _ => None end.
Definition d_mult (j : json) : option (list nat * list Q) :=
  match j with JL [] => Some ([], []) | JL [s; t; JZ d] => do s <- arr nat_ s; do t <- arr int t; do t <- over t d; Some (s, t) | _ => None end.
Definition d_width (p : json * json) : option width :=
  match obj ["components"; "isolated"; "m"; "polytope_components"]%string (fst p), obj ["parent"; "rank"]%string (snd p) with
  | Some [JZ c; JZ i; m; JZ q], Some [par; _] => do m <- nat_ m; do par <- arr nat_ par; Some (Width m c i q par) | _, _ => None end.
Definition claim (name : string) (keys : list string) (j : json) : option (list json) := (* "claim" is one of the sorted keys *)
  match j with JO l => if existsb (fun p => streq (fst p) (lit "claim") && match snd p with JS s => streq s (lit name) | _ => false end) l then record keys l else None | _ => None end.
Definition decode (j : json) : option (cert Q) :=
  do top <- obj ["claims"; "conventions"; "data"; "field"; "format"; "kind"; "sha256"; "version"; "witness"]%string j;
  match top with
  | [JL [j1; j2; j3; j4; j5; j6; j7; j8; j9; j10]; _; dat; JS f; JS fm; JS kd; _; JZ v; wit] =>
    if streq f (lit "Q") && streq fm (lit "polytope_nn.certificate/1") && streq kd (lit "staircase") && Z.eqb v 1 then
    do d <- obj ["X"; "beta_squared"; "weights"; "y"]%string dat;
    do w <- obj ["components"; "cover"; "dual"; "patterns"; "rank"]%string wit;
    match d, w with
    | [dx; db; dw; dy], [wc; wcov; wd; wp; _] =>
      do x <- arr ratv dx; do b2 <- rat_ db; do om <- ratv dw; do y <- ratv dy;
      do c1 <- claim "patterns" ["claim"; "count"]%string j1; do c2 <- claim "dual" ["claim"; "kappa"]%string j2;
      do c3 <- claim "optimum" ["claim"; "fit"; "objective"]%string j3; do c4 <- claim "atoms" ["claim"; "list"]%string j4;
      do c5 <- claim "vertices" ["claim"; "list"]%string j5; do c7 <- claim "widths" ["M_star"; "claim"; "m_star"; "spectrum"]%string j7;
      do c8 <- claim "components" ["claim"; "widths"]%string j8;
      do cov <- obj ["farkas"; "tree"]%string wcov; do pat <- obj ["circuits"; "points"; "tree"]%string wp;
      match c1, c2, c3, c4, c5, c7, c8, cov, pat with
      | [_; cnt], [_; kap], [_; fit; val], [_; at_], [_; vs], [bigm; _; smallm; _], [_; ws], [fk; ct], [circ; pts; pt] =>
        do cnt <- int cnt; do kap <- ratv kap; do fit <- ratv fit; do val <- rat_ val; do at_ <- arr d_atom at_; do vs <- arr d_vert vs;
        do bigm <- nat_ bigm; do smallm <- nat_ smallm; do ws <- arr Some ws; do wc <- arr Some wc;
        do wl <- (if (List.length ws =? List.length wc)%nat then mapo d_width (combine ws wc) else None);
        do fk <- arr ints fk; do ct <- arr token ct; do circ <- arr d_circuit circ; do pts <- arr ints pts; do pt <- arr token pt; do mu <- arr d_mult wd;
        Some (Cert Q (Data Q (List.length (hd [] x)) x y om b2) kap fit val at_ vs smallm bigm wl cnt circ pt pts mu fk ct)
      | _, _, _, _, _, _, _, _, _ => None end
    | _, _ => None end
    else None
  | _ => None end.
(** ** one function from text to yes or no *)
Definition check_text (s : str) : bool :=
  match parse (2 * List.length s) s with
  | Some (j, []) => streq (print j) s && match decode j with Some C => checkQ C | None => false end
  | _ => false end.
Lemma streq_eq : forall s t, streq s t = true -> s = t.
Proof. induction s as [|a s IH]; intros [|b t] H; simpl in H; try discriminate; auto. apply andb_prop in H. destruct H as [A B]. apply Ascii.eqb_eq in A. f_equal; auto. Qed.
(** a text that is accepted is the canonical text of a value that reads as a certificate whose claims are true *)
Theorem text_correct s : check_text s = true -> exists j C, print j = s /\ decode j = Some C /\ claims_hold Q 0 qsgn Q2R C.
Proof.
  unfold check_text. destruct (parse _ s) as [[j [|a r]]|]; try discriminate. intros H. apply andb_prop in H. destruct H as [A B].
  destruct (decode j) as [C|] eqn:E; try discriminate. exists j, C. split; [apply streq_eq; auto|]. split; auto. apply staircase_correct_Q; auto.
Qed.
