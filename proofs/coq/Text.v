(* The text boundary: JSON text -> certificate. The parser is not trusted: its value is printed again and compared with the text. *)
From Coq Require Import Ascii String List ZArith QArith Bool Reals Qreals.
From Cert Require Import Checker Staircase Walks Separation Rational Algebraic Gap Descent ConeTree Coned.
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

(** ** reading numbers *)
Fixpoint record (keys : list string) (l : list (str * json)) : option (list json) :=
  match keys, l with
  | k :: keys', (n, x) :: l' => if streq (lit k) n then option_map (cons x) (record keys' l') else None
  | [], [] => Some [] | _, _ => None end.
Definition obj (keys : list string) (j : json) : option (list json) := match j with JO l => record keys l | _ => None end.
Definition arr {A} (f : json -> option A) (j : json) : option (list A) := match j with JL l => mapo f l | _ => None end.
Definition bind {A B} (x : option A) (f : A -> option B) : option B := match x with Some a => f a | None => None end.
Notation "'do' p <- x ; f" := (bind x (fun p => f)) (at level 200, p pattern, x at level 100, f at level 200).
Definition when {A} (b : bool) (x : option A) : option A := if b then x else None.
Definition int (j : json) : option Z := match j with JZ z => Some z | _ => None end.
(** indices and tokens are small: a [nat] is a machine integer in the extracted program *)
Definition small : Z := 1000000000.
Definition nat_ (j : json) : option nat := match j with JZ z => when ((0 <=? z)%Z && (z <=? small)%Z) (Some (Z.to_nat z)) | _ => None end.
Definition token (j : json) : option Z := match j with JZ z => when (Z.abs z <=? small)%Z (Some z) | _ => None end.
Definition qtext (q : Q) : str := if Z.eqb (Zpos (Qden q)) 1 then pz (Qnum q) [] else pz (Qnum q) ("/" :: pz (Zpos (Qden q)) []).
(** a rational: its text is the canonical text of its value *)
Definition rat (j : json) : option Q :=
  match j with
  | JS s =>
    let (neg, s1) := match s with "-" :: s' => (true, s') | _ => (false, s) end in
    let (p, s2) := pnum s1 0 in
    let (q, s3) := match s2 with "/" :: s' => pnum s' 0 | _ => (1%Z, s2) end in
    let x := Qred (Qmake (if neg then - p else p)%Z (Z.to_pos q)) in
    when (streq (qtext x) s) (Some x)
  | _ => None end.
Definition over (den : Z) (t : Z) : Q := Qred (Qmake t (Z.to_pos den)).
Definition sign (j : json) : option bool :=
  match j with JZ z => if Z.eqb z 1 then Some true else if Z.eqb z (-1) then Some false else None | _ => None end.

Section Read.
Variables (K : Type) (of_q : Q -> K) (of_qs : list Q -> K) (degree : nat).
(** coordinates: as many as the degree, and not all but the first 0 *)
Definition coordinates {A} (zero : A -> bool) (l : list A) : option (list A) := when ((List.length l =? degree)%nat && existsb (fun x => negb (zero x)) (tl l)) (Some l).
Definition number (j : json) : option K :=
  match j with
  | JL l => do c <- mapo rat l; do c <- coordinates (fun x => Z.eqb (Qnum x) 0) c; Some (of_qs c)
  | _ => option_map of_q (rat j) end.
Definition rational (j : json) : option K := option_map of_q (rat j).
Definition vec := arr number.
(** integers over one denominator, in lowest terms; [den] 0: there is none *)
Definition entry (j : json) : option (list Z) := match j with JL l => do c <- mapo int l; coordinates (Z.eqb 0) c | _ => do z <- int j; Some [z] end.
Definition scaled (den : Z) (j : json) : option (list K) :=
  do l <- arr entry j;
  when (Z.eqb (fold_right Z.gcd den (List.concat l)) 1)
    (Some (List.map (fun c => match c with [z] => of_q (over den z) | _ => of_qs (List.map (over den) c) end) l)).
Definition primitive := scaled 0.
Definition den_ (j : json) : option Z := do z <- int j; when (0 <? z)%Z (Some z).
(** a point: integers with no common divisor *)
Definition d_point (j : json) : option (list K) := do l <- arr int j; when (fold_right Z.gcd 0 l <=? 1)%Z (Some (List.map (fun z => of_q (over 1 z)) l)).
Definition d_atom (j : json) : option (bool * list K) := match obj ["g"; "sign"]%string j with Some [g; s] => do g <- vec g; do s <- sign s; Some (s, g) | _ => None end.
Definition d_vert (j : json) : option (list nat * list K) := match obj ["support"; "weights"]%string j with Some [s; w] => do s <- arr nat_ s; do w <- vec w; Some (s, w) | _ => None end.
Definition d_circuit (j : json) : option (list nat * list K) := match j with JL [s; t] => do s <- arr nat_ s; do t <- primitive t; Some (s, t) | _ => None end.
Definition d_mult (j : json) : option (list nat * list K) :=
  match j with JL [] => Some ([], []) | JL [s; t; d] => do s <- arr nat_ s; do d <- den_ d; do t <- scaled d t; Some (s, t) | _ => None end.
Definition d_frame (j : json) : option (list K) := match j with JL [t; d] => do d <- den_ d; scaled d t | _ => None end.
Definition d_width (p : json * json) : option width :=
  match obj ["components"; "isolated"; "m"; "polytope_components"]%string (fst p), obj ["parent"; "rank"]%string (snd p) with
  | Some [JZ c; JZ i; m; JZ q], Some [par; rk] => do m <- nat_ m; do par <- arr nat_ par; do rk <- arr nat_ rk; Some (Width m c i q par rk) | _, _ => None end.
Definition d_size (p : str * json) : option (nat * nat) :=
  do k <- nat_ (JZ (fst (pnum (fst p) 0))); do n <- nat_ (snd p); when (streq (pz (Z.of_nat k) []) (fst p)) (Some (k, n)).
Definition d_verdict (j : json) : option (option bool) := match j with JB b => Some (Some b) | JN => Some None | _ => None end.
(** the values of a claim's keys; "claim", its name, is one of the sorted keys *)
Definition claim (name : string) (keys : list string) (j : json) : option (list json) :=
  match j with JO l => when (existsb (fun p => streq (fst p) (lit "claim") && match snd p with JS s => streq s (lit name) | _ => false end) l) (record keys l) | _ => None end.
Definition d_data (j : json) : option (data K) :=
  match obj ["X"; "beta_squared"; "weights"; "y"]%string j with
  | Some [x; b2; om; y] =>
    do x <- arr (arr rational) x; do b2 <- rational b2; do om <- arr rational om; do y <- arr rational y;
    Some (Data K (List.length (hd [] x)) x y om b2)
  | _ => None end.
(** what follows from kappa and its atoms, as it stands in the claims *)
Record told := Told { t_kappa : json; t_fit : json; t_value : json; t_atoms : json; t_verts : json; t_rank : json; t_dim : json; t_Mstar : json; t_mstar : json;
  t_sizes : list (str * json); t_widths : list json; t_threshold : json; t_bound : json; t_talk : json; t_verdicts : json }.
(** and its witness *)
Record shown := Shown { s_forests : list json; s_farkas : json; s_cover : json; s_basis : json; s_used : json; s_frame : json }.
Definition d_cert (D : data K) (T : told) (S : shown) (cnt : Z) (circ : list (list nat * list K)) (pt : list Z) (pts : list (list K)) (mu : list (list nat * list K)) : option (cert K) :=
  do kap <- vec (t_kappa T); do fit <- vec (t_fit T); do val <- number (t_value T); do at_ <- arr d_atom (t_atoms T); do vs <- arr d_vert (t_verts T);
  do rk <- nat_ (t_rank T); do dm <- nat_ (t_dim T); do bigm <- nat_ (t_Mstar T); do smallm <- nat_ (t_mstar T); do sz <- mapo d_size (t_sizes T);
  do ws <- when (List.length (t_widths T) =? List.length (s_forests S))%nat (mapo d_width (combine (t_widths T) (s_forests S)));
  do th <- nat_ (t_threshold T); do bd <- nat_ (t_bound T); do bt <- nat_ (t_talk T); do vd <- obj ["T7.1"; "T7.2"; "T7.3"; "T7.4"; "T7.5"]%string (t_verdicts T); do vd <- mapo d_verdict vd;
  do fk <- arr primitive (s_farkas S); do ct <- arr token (s_cover S); do bs <- arr nat_ (s_basis S); do us <- nat_ (s_used S); do fr <- arr d_frame (s_frame S);
  when (increasing (lexlt (fun a b => nat_of_ascii a <? nat_of_ascii b)%nat Ascii.eqb) (List.map fst (t_sizes T)))
    (Some (Cert K D cnt kap fit val at_ vs rk dm smallm bigm sz ws th bd bt vd circ pt pts mu fk ct bs us fr)).
Definition d_staircase (claims dat wit : json) : option (cert K) :=
  do D <- d_data dat;
  match claims, obj ["components"; "cover"; "dual"; "patterns"; "rank"]%string wit with
  | JL [j1; j2; j3; j4; j5; j6; j7; j8; j9; j10], Some [wc; wcov; wd; wp; wr] =>
    match claim "patterns" ["claim"; "count"]%string j1, claim "dual" ["claim"; "kappa"]%string j2,
      claim "optimum" ["claim"; "fit"; "objective"]%string j3, claim "atoms" ["claim"; "list"]%string j4,
      claim "vertices" ["claim"; "list"]%string j5, claim "dimension" ["claim"; "dim"; "rank"]%string j6,
      claim "widths" ["M_star"; "claim"; "m_star"; "spectrum"]%string j7, claim "components" ["claim"; "widths"]%string j8 with
    | Some [_; cnt], Some [_; kap], Some [_; fit; val], Some [_; at_], Some [_; vs], Some [_; dm; rk], Some [bigm; _; smallm; JO sp], Some [_; JL ws] =>
      match claim "threshold" ["bound"; "bound_talk"; "claim"; "threshold"]%string j9, claim "theorems" ["claim"; "verdicts"]%string j10,
        obj ["farkas"; "tree"]%string wcov, obj ["circuits"; "points"; "tree"]%string wp, obj ["basis"; "dual"; "used"]%string wr, wc with
      | Some [bd; bt; _; th], Some [_; vd], Some [fk; ct], Some [circ; pts; pt], Some [bs; fr; us], JL wc =>
        do cnt <- int cnt; do circ <- arr d_circuit circ; do pt <- arr token pt; do pts <- arr d_point pts; do mu <- arr d_mult wd;
        d_cert D (Told kap fit val at_ vs rk dm bigm smallm sp ws th bd bt vd) (Shown wc fk ct bs us fr) cnt circ pt pts mu
      | _, _, _, _, _, _ => None end
    | _, _, _, _, _, _, _, _ => None end
  | _, _ => None end.
(** a slot: null, a balanced neuron, or raw weights *)
Definition d_place (j : json) : option (place_ K) :=
  match j with
  | JN => Some (Null K)
  | JO ((n, x) :: _) =>
    if streq n (lit "sign") then match obj ["sign"; "u"]%string j with Some [s; u] => do s <- sign s; do u <- vec u; Some (Balanced K s u) | _ => None end
    else match obj ["alpha"; "w"]%string j with Some [a; w] => do a <- number a; do w <- vec w; Some (Raw K w a) | _ => None end
  | _ => None end.
Definition d_network (j : json) : option (list (place_ K)) := match obj ["neurons"]%string j with Some [l] => arr d_place l | _ => None end.
Definition d_walk (claims dat wit : json) : option (walk K) :=
  do D <- d_data dat;
  match claims, obj ["dual"; "patterns"]%string wit with
  | JL [j1; j2; j3; j4], Some [wd; wp] =>
    match claim "patterns" ["claim"; "count"]%string j1, claim "dual" ["claim"; "kappa"]%string j2, claim "optimum" ["claim"; "fit"; "objective"]%string j3,
      claim "path" ["breakpoints"; "claim"; "width"]%string j4, obj ["circuits"; "points"; "tree"]%string wp with
    | Some [_; cnt], Some [_; kap], Some [_; fit; val], Some [bp; _; w], Some [circ; pts; pt] =>
      do cnt <- int cnt; do kap <- vec kap; do fit <- vec fit; do val <- number val; do w <- nat_ w; do bp <- arr d_network bp;
      do circ <- arr d_circuit circ; do pt <- arr token pt; do pts <- arr d_point pts; do mu <- arr d_mult wd;
      Some (Walk K D cnt kap fit val w bp circ pt pts mu)
    | _, _, _, _, _ => None end
  | _, _ => None end.
(** the claims of a staircase, and one more *)
Definition d_separation (claims dat wit : json) : option (separation K) :=
  match claims with
  | JL l =>
    when (List.length l =? 11)%nat (
      do C <- d_staircase (JL (firstn 10 l)) dat wit;
      match claim "separation" ["claim"; "end"; "start"; "width"]%string (nth 10 l JN) with
      | Some [_; e; s; w] => do e <- d_network e; do s <- d_network s; do w <- nat_ w; Some (Separation K C w s e)
      | _ => None end)
  | _ => None end.
(** the kinds *)
Inductive body := Staircase (C : cert K) | Path (C : walk K) | Apart (C : separation K).
Definition d_body (kind : str) (claims dat wit : json) : option body :=
  if streq kind (lit "staircase") then option_map Staircase (d_staircase claims dat wit)
  else if streq kind (lit "path") then option_map Path (d_walk claims dat wit)
  else when (streq kind (lit "separation")) (option_map Apart (d_separation claims dat wit)).
Definition true_of (phi : K -> R) (b : body) : Prop := match b with Staircase C => claims_hold K phi C | Path C => walk_holds K phi C | Apart C => separation_holds K phi C end.
End Read.

(** ** the whole certificate *)
Definition conventions : json := JO [
  (lit "loss", JS (lit "1/2 sum_k weights_k (fit_k - y_k)^2, kappa = weights (y - fit)"));
  (lit "order", JS (lit "atoms by sign, + first, then by covector, + 0 -; vertices by support"));
  (lit "pattern", JS (lit "topes only, + is active, zero rows excluded"));
  (lit "regulariser", JS (lit "beta/2 sum_j (|w_j|^2 + alpha_j^2)"))].
(** kind gap, over Q: a value is exact, or between a lower and an upper end *)
Definition d_ends (j : json) : option (Q * Q) :=
  match j with JO _ => match obj ["lower"; "upper"]%string j with Some [a; b] => do a <- rat a; do b <- rat b; when (negb (qle b a)) (Some (a, b)) | _ => None end | _ => do a <- rat j; Some (a, a) end.
Definition d_gap (claims dat wit : json) : option gap :=
  let self := fun x : Q => x in let none := fun _ : list Q => 0%Q in
  do D <- d_data Q self dat;
  match claims, obj ["dual"; "patterns"]%string wit with
  | JL [j1; j2; j3], Some [wd; wp] =>
    match claim "patterns" ["claim"; "count"]%string j1, claim "dual" ["claim"; "kappa"]%string j2,
      claim "gap" ["claim"; "dual"; "gap"; "network"; "primal"]%string j3, obj ["circuits"; "points"; "tree"]%string wp with
    | Some [_; cnt], Some [_; kap], Some [_; du; ga; nw; pr], Some [circ; pts; pt] =>
      do cnt <- int cnt; do kap <- vec Q self none 1 kap; do du <- d_ends du; do ga <- d_ends ga; do nw <- d_network Q self none 1 nw; do pr <- d_ends pr;
      do circ <- arr (d_circuit Q self none 1) circ; do pt <- arr token pt; do pts <- arr (d_point Q self) pts; do mu <- arr (d_mult Q self none 1) wd;
      Some (GapOf D cnt kap nw pr du ga circ pt pts mu)
    | _, _, _, _ => None end
  | _, _ => None end.
(** kind descent, over Q *)
Definition d_descent (claims dat wit : json) : option descent :=
  let self := fun x : Q => x in let none := fun _ : list Q => 0%Q in
  do D <- d_data Q self dat;
  match claims, obj ["dual"; "patterns"]%string wit with
  | JL [j1; j2; j3; j4], Some [wd; wp] =>
    match claim "patterns" ["claim"; "count"]%string j1, claim "dual" ["claim"; "kappa"]%string j2, claim "optimum" ["claim"; "fit"; "objective"]%string j3,
      claim "descent" ["breakpoints"; "claim"; "objectives"; "width"]%string j4, obj ["circuits"; "points"; "tree"]%string wp with
    | Some [_; cnt], Some [_; kap], Some [_; fit; val], Some [bp; _; os; w], Some [circ; pts; pt] =>
      do cnt <- int cnt; do kap <- vec Q self none 1 kap; do fit <- vec Q self none 1 fit; do val <- number Q self none 1 val; do w <- nat_ w;
      do bp <- arr (d_network Q self none 1) bp; do os <- arr d_ends os;
      do circ <- arr (d_circuit Q self none 1) circ; do pt <- arr token pt; do pts <- arr (d_point Q self) pts; do mu <- arr (d_mult Q self none 1) wd;
      Some (DescentOf (Walk Q D cnt kap fit val w bp circ pt pts mu) os)
    | _, _, _, _, _ => None end
  | _, _ => None end.
(** kind cones, over Q, in format 2 with nothing free: a penalised bias is one more column, of ones *)
Definition is_text (s : string) (j : json) : bool := match j with JS t => streq t (lit s) | _ => false end.
Definition d_data_2 (j : json) : option (data Q) :=
  match obj ["X"; "beta_squared"; "free"; "loss"; "unit"; "y"]%string j with
  | Some [x; b2; fr; lo; un; y] =>
    match obj ["kind"; "weights"]%string lo, obj ["bias"; "kind"]%string un with
    | Some [lk; om], Some [bi; uk] =>
      do x <- arr (arr rat) x; do b2 <- rat b2; do om <- arr rat om; do y <- arr rat y;
      let x := if is_text "penalised" bi then List.map (fun r => app r [1%Q]) x else x in
      when (is_text "none" fr && is_text "squared" lk && is_text "relu" uk && (is_text "none" bi || is_text "penalised" bi && (1 <? List.length (hd [] x))%nat))
        (Some (Data Q (List.length (hd [] x)) x y om b2))
    | _, _ => None end
  | _ => None end.
Definition d_peak (j : json) : option peak :=
  match obj ["p"; "sign"; "theta"]%string j with
  | Some [JL [num; den]; s; JL [places; shares; whole]] =>
    do num <- arr int num; do den <- den_ den; do s <- int s; do places <- arr nat_ places; do shares <- arr int shares; do whole <- den_ whole;
    when (Z.eqb (fold_right Z.gcd den num) 1 && (Z.abs s <=? 1)%Z && increasing Nat.ltb places && (List.length places =? List.length shares)%nat)
      (Some (Peak s num den (combine places shares) whole))
  | _ => None end.
Definition d_coned (claims dat wit : json) : option coned :=
  let self := fun x : Q => x in let none := fun _ : list Q => 0%Q in
  do D <- d_data_2 dat;
  match claims, obj ["components"; "cover"; "dual"; "rank"]%string wit with
  | JL [j1; j2; j3; j4; j5; j6; j7; j8; j9], Some [JL wc; wcov; wd; wr] =>
    match claim "dual" ["claim"; "kappa"]%string j1, claim "optimum" ["claim"; "fit"; "objective"; "pieces"]%string j2, claim "atoms" ["claim"; "list"]%string j3,
      claim "vertices" ["claim"; "list"]%string j4, claim "dimension" ["claim"; "dim"; "rank"; "used_rank"]%string j5,
      claim "widths" ["M_star"; "claim"; "m_star"; "spectrum"]%string j6, claim "components" ["claim"; "modulo"; "widths"]%string j7 with
    | Some [_; kap], Some [_; fit; val; JL pieces], Some [_; at_], Some [_; vs], Some [_; dm; rk; ur], Some [bigm; _; smallm; JO sp], Some [_; JL []; JL ws] =>
      match claim "threshold" ["bound"; "bound_rank"; "bound_talk"; "claim"; "threshold"]%string j8, claim "theorems" ["claim"; "modulo"; "verdicts"]%string j9,
        obj ["farkas"; "tree"]%string wcov, obj ["basis"; "peaks"; "trees"; "unit"]%string wd, obj ["basis"; "dual"; "used"]%string wr with
      | Some [bd; br; bt; _; th], Some [_; JL []; vd], Some [fk; ct], Some [cb; pk; JL [plus; minus]; un], Some [bs; fr; us] =>
        do C <- d_cert Q self none 1 D (Told kap fit val at_ vs rk dm bigm smallm sp ws th br bt vd) (Shown wc fk ct bs us fr) 0 [] [] [] [];
        do un <- rat un; do cb <- arr (arr int) cb; do pk <- arr d_peak pk; do plus <- arr int plus; do minus <- arr int minus; do ur <- nat_ ur; do bd <- nat_ bd;
        when ((List.length pieces =? List.length (d_X Q D))%nat && forallb (is_text "smooth") pieces) (Some (ConedOf C (ConesOf un cb pk plus minus) ur bd))
      | _, _, _, _, _ => None end
    | _, _, _, _, _, _, _ => None end
  | _, _ => None end.
Inductive certificate := OverQ (b : body Q) | OverField (f : list Z) (lo hi : Q) (b : body K) | OfGap (C : gap) | OfDescent (C : descent) | OfCones (N : coned).
Definition d_field (j : json) : option (list Z * Q * Q) :=
  match obj ["poly"; "root"]%string j with Some [f; JL [lo; hi]] => do f <- arr int f; do lo <- rat lo; do hi <- rat hi; Some (f, lo, hi) | _ => None end.
(** of each part there is a hash, which is not computed again *)
Definition sealed (parts : list string) (j : json) : bool :=
  match obj parts j with Some l => forallb (fun x => match x with JS s => (List.length s =? 64)%nat | _ => false end) l | _ => false end.
Definition decode (j : json) : option certificate :=
  match obj ["claims"; "conventions"; "data"; "field"; "format"; "kind"; "sha256"; "version"; "witness"]%string j with
  | Some [cl; cv; dat; fd; JS fm; JS kd; sh; JZ v; wit] =>
    when (streq (print cv) (print conventions))
      (if streq fm (lit "polytope_nn.certificate/1") && Z.eqb v 1 && sealed ["claims"; "data"; "witness"]%string sh then
        match fd with
        | JS q => when (streq q (lit "Q")) (if streq kd (lit "gap") then option_map OfGap (d_gap cl dat wit) else if streq kd (lit "descent") then option_map OfDescent (d_descent cl dat wit) else option_map OverQ (d_body Q (fun x => x) (fun _ => 0%Q) 1 kd cl dat wit))
        | _ => do (f, lo, hi) <- d_field fd; option_map (OverField f lo hi) (d_body K embed (fun c => c) (List.length f - 1) kd cl dat wit)
        end
      else when (streq fm (lit "polytope_nn.certificate/2") && Z.eqb v 2 && sealed ["claims"; "data"; "frame"; "witness"]%string sh && streq kd (lit "cones") && is_text "Q" fd)
        (option_map OfCones (d_coned cl dat wit)))
  | _ => None end.
(** what a certificate says, of the real numbers *)
Definition holds (c : certificate) : Prop :=
  match c with
  | OverQ b => true_of Q Q2R b
  | OverField f lo hi b => exists alpha, (Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0)%R /\ true_of K (ev alpha) b
  | OfGap C => gap_holds C | OfDescent C => descent_holds C | OfCones N => coned_holds N end.

(** ** one function from text to yes or no; numbers and texts have at most 4000 characters *)
Fixpoint short (j : json) : bool :=
  match j with
  | JZ z => (Z.of_nat (List.length (pz z [])) <=? 4000)%Z | JS s => (Z.of_nat (List.length s) <=? 4000)%Z
  | JL l => forallb short l | JO l => forallb (fun p => short (snd p)) l | _ => true end.
Definition check_certificate (c : certificate) : bool :=
  match c with
  | OverQ (Staircase _ C) => checkQ C | OverQ (Path _ C) => check_walkQ C | OverQ (Apart _ C) => check_separationQ C
  | OverField f lo hi (Staircase _ C) => check_field f lo hi C | OverField f lo hi (Path _ C) => check_walk_field f lo hi C | OverField f lo hi (Apart _ C) => check_separation_field f lo hi C
  | OfGap C => check_gap C | OfDescent C => check_descent C | OfCones N => check_coned N end.
Definition check_text (s : str) : bool :=
  match parse (2 * List.length s) s with
  | Some (j, []) => streq (print j) s && (Z.of_nat (List.length s) <=? 100000000)%Z && short j && match decode j with Some c => check_certificate c | None => false end
  | _ => false end.
Lemma streq_eq : forall s t, streq s t = true -> s = t.
Proof. induction s as [|a s IH]; intros [|b t] H; simpl in H; try discriminate; auto. apply andb_prop in H. destruct H as [A B]. apply Ascii.eqb_eq in A. f_equal; auto. Qed.
(** a text that is accepted is the canonical text of a value that reads as a certificate whose claims are true *)
Theorem text_correct s : check_text s = true -> exists j c, print j = s /\ decode j = Some c /\ holds c.
Proof.
  unfold check_text. destruct (parse _ s) as [[j [|a r]]|]; try discriminate. rewrite !andb_true_iff. intros [[[A _] _] B].
  destruct (decode j) as [c|] eqn:E; try discriminate. exists j, c. split; [apply streq_eq; auto|]. split; auto.
  destruct c as [[C|C|C]|f lo hi [C|C|C]|C|C|N]; simpl in *;
    [apply staircase_correct_Q|apply walk_correct_Q|apply separation_correct_Q|apply staircase_correct_NF|apply walk_correct_NF|apply separation_correct_NF|apply gap_correct|apply descent_correct|apply cones_correct]; auto.
Qed.
