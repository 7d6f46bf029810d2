(* The checker of dual feasibility by a tree of cones, without patterns, over Q; in integers, as the one in Python. *)
From Coq Require Import List ZArith QArith Bool.
From Cert Require Import Checker.
Import ListNotations.
Open Scope Z_scope.

Definition row := list Z.
Fixpoint zdot (x u : row) : Z := match x, u with a :: x', b :: u' => a * b + zdot x' u' | _, _ => 0 end.
Fixpoint zadd (x u : row) : row := match x, u with a :: x', b :: u' => (a + b) :: zadd x' u' | _, _ => [] end.
Definition zsame (x u : row) : bool := all2 Z.eqb x u.
(** integers over one denominator; that it is one is tested again *)
Definition common_of (l : list Q) : Z := fold_right (fun q r => Z.lcm (Zpos (Qden q)) r) 1 l.
Definition times (s : Z) (q : Q) : Z := Qnum q * (s / Zpos (Qden q)).
Definition is_times (s : Z) (q : Q) : bool := times s q * Zpos (Qden q) =? Qnum q * s.
(** x = c times a primitive row *)
Definition content (x : row) : Z := fold_right Z.gcd 0 x.
Definition lead (x : row) : Z := match filter (fun t => negb (t =? 0)) x with t :: _ => Z.sgn t | [] => 1 end.
Definition divided (c : Z) (x : row) : row := map (fun t => t / c) x.
Definition is_multiple (c : Z) (r x : row) : bool := zsame (map (Z.mul c) r) x.
(** the form: weights of the primitive rows, and a linear part *)
Definition form := list (row * Z).
Fixpoint put (r : row) (w : Z) (F : form) : form :=
  match F with [] => [(r, w)] | (x, v) :: F' => if zsame x r then (x, v + w) :: F' else (x, v) :: put r w F' end.
Fixpoint form_of (X : list row) (kap : list Z) (F : form) (linear : row) : option (form * row) :=
  match X, kap with
  | x :: X', k :: kap' =>
    let c := content x in
    if c =? 0 then (if forallb (Z.eqb 0) x then form_of X' kap' F linear else None)
    else let s := lead x in let r := divided (s * c) x in
      if is_multiple (s * c) r x && (0 <? c) && ((s =? 1) || (s =? -1)) then
        form_of X' kap' (put r (k * c) F) (if s <? 0 then zadd linear (map (Z.mul (- (k * c))) r) else linear)
      else None
  | [], [] => Some (F, linear)
  | _, _ => None end.
Definition turned (s : Z) (F : form) : form := map (fun t => (fst t, s * snd t)) F.

(** ** the cones of +-b for a basis in reduced echelon form, whose span holds all rows *)
Fixpoint pivot (b : row) (i : nat) : nat := match b with t :: b' => if t =? 0 then pivot b' (S i) else i | [] => O end.
Definition echelon (basis : list row) : bool :=
  let at_ := map (fun b => pivot b O) basis in
  forallb (fun i => forallb (fun q => Bool.eqb (negb (nth (nth q at_ O) (nth i basis []) 0 =? 0)) (i =? q)%nat) (seq 0 (length basis))) (seq 0 (length basis)).
Fixpoint sum_of (n : nat) (shares : list Z) (basis : list row) : row :=
  match shares, basis with c :: shares', b :: basis' => zadd (map (Z.mul c) b) (sum_of n shares' basis') | _, _ => repeat 0 n end.
Definition spanned (n : nat) (basis : list row) (x : row) : bool :=
  let heads := map (fun b => nth (pivot b O) b 0) basis in
  let all := fold_right Z.lcm 1 heads in
  let shares := map (fun b => nth (pivot b O) x 0 * (all / nth (pivot b O) b 0)) basis in
  (0 <? all) && zsame (map (Z.mul all) x) (sum_of n shares basis).
Fixpoint roots (basis : list row) : list (list row) :=
  match basis with [] => [[]] | b :: basis' => map (cons b) (roots basis') ++ map (cons (map Z.opp b)) (roots basis') end.

(** ** peaks: a vector p, |p| < beta or p the g of a listed atom, and shares theta over [p_whole] *)
Record peak := Peak { p_sign : Z; p_num : row; p_den : Z; p_tied : list (nat * Z); p_whole : Z }.
Definition at_atom (atoms : list (bool * list Q)) (k : peak) : bool :=
  existsb (fun a : bool * list Q => (p_sign k =? if fst a then 1 else -1) && all2 (fun t g => t * Zpos (Qden g) =? Qnum g * p_den k) (p_num k) (snd a)) atoms.
Definition peak_ok (n : nat) (b2 : Q) (atoms : list (bool * list Q)) (k : peak) : bool :=
  lenb n (p_num k) && (0 <? p_den k) && (0 <? p_whole k) && forallb (fun t => (0 <=? snd t) && (snd t <=? p_whole k)) (p_tied k) &&
  match zdot (p_num k) (p_num k) * Zpos (Qden b2) ?= Qnum b2 * (p_den k * p_den k) with Lt => true | Eq => at_atom atoms k | Gt => false end.
Fixpoint tied (l : list (nat * Z)) (k : nat) : option Z := match l with (i, s) :: l' => if (i =? k)%nat then Some s else tied l' k | [] => None end.
Definition share_at (pk : peak) (k : nat) (x : row) : Z :=
  match tied (p_tied pk) k with Some s => s | None => if 0 <? zdot x (p_num pk) then p_whole pk else 0 end.

(** ** the walk: a cone, the gradient of the rows that are positive on it, the rows of both signs *)
Definition mixed := list (nat * (row * Z)).
Definition node := (list row * row * mixed)%type.
Fixpoint settled (cone : list row) (slope : row) (m : mixed) : row * mixed :=
  match m with
  | [] => (slope, [])
  | (k, (x, w)) :: m' =>
    let values := map (zdot x) cone in
    if forallb (Z.leb 0) values then settled cone (zadd slope (map (Z.mul w) x)) m'
    else let r := settled cone slope m' in if existsb (Z.ltb 0) values then (fst r, (k, (x, w)) :: snd r) else r
  end.
Definition value_at (share : nat -> row -> Z) (whole : Z) (slope : row) (m : mixed) (r : row) : Z :=
  whole * zdot slope r + fold_right (fun t acc => let '(k, (x, w)) := t in let z := zdot x r in
    (if 0 <? w then (if 0 <? z then whole else 0) else share k x) * w * z + acc) 0 m.
Definition below (cone : list row) (slope : row) (m : mixed) (p : row) (den : Z) (share : nat -> row -> Z) (whole : Z) : bool :=
  forallb (fun r => den * value_at share whole slope m r <=? whole * zdot p r) cone.
Fixpoint take {A} (n : nat) (l : list A) : option (list A * list A) :=
  match n, l with O, _ => Some ([], l) | S n', a :: l' => option_map (fun r => (a :: fst r, snd r)) (take n' l') | _, [] => None end.
Fixpoint setn {A} (i : nat) (x : A) (l : list A) : list A := match l, i with a :: l', S i' => a :: setn i' x l' | _ :: l', O => x :: l' | [], _ => [] end.
Section Walk.
Variables (n : nat) (sign factor : Z) (b2 unit : Q) (peaks : list peak).
Definition strict (cone : list row) (slope : row) (m : mixed) (e : Z) (P c : row) : bool :=
  let p := map (fun t => Qnum unit * factor * t * 2 ^ e) P in
  let q := sum_of n c cone in
  (0 <=? e) && (e <=? 16384) &&
  (zdot p p * Zpos (Qden b2) <? Qnum b2 * (factor * factor) * (Zpos (Qden unit) * Zpos (Qden unit))) &&
  below cone slope m p (Zpos (Qden unit)) (fun _ x => if 0 <? zdot x q then 1 else 0) 1.
Definition at_peak (cone : list row) (slope : row) (m : mixed) (pk : peak) : bool :=
  (p_sign pk =? sign) && below cone slope m (map (Z.mul factor) (p_num pk)) (p_den pk) (share_at pk) (p_whole pk).
Fixpoint walk_cones (fuel : nat) (toks : list Z) (stack : list node) : bool :=
  match fuel, stack with
  | _, [] => match toks with [] => true | _ => false end
  | O, _ => false
  | S f, (cone, slope, m) :: st =>
    let (slope, m) := settled cone slope m in
    match toks with
    | [] => false
    | q :: t1 =>
      if q =? 0 then
        match t1 with
        | i :: j :: a :: b :: t2 =>
          let i' := Z.to_nat i in let j' := Z.to_nat j in
          let ray := zadd (map (Z.mul a) (nth i' cone [])) (map (Z.mul b) (nth j' cone [])) in let g := content ray in let mid := divided g ray in
          (0 <=? i) && (i <? Z.of_nat (length cone)) && (0 <=? j) && (j <? Z.of_nat (length cone)) && negb (i =? j) && (1 <=? a) && (1 <=? b) &&
          (0 <? g) && is_multiple g mid ray && walk_cones f t2 ((setn i' mid cone, slope, m) :: (setn j' mid cone, slope, m) :: st)
        | _ => false end
      else if q =? 1 then
        match t1 with
        | e :: t2 =>
          match take n t2 with
          | Some (P, t3) => match take (length cone) t3 with Some (c, t4) => strict cone slope m e P c && walk_cones f t4 st | None => false end
          | None => false end
        | [] => false end
      else (2 <=? q) && match nth_error peaks (Z.to_nat (q - 2)) with Some pk => at_peak cone slope m pk && walk_cones f t1 st | None => false end
    end
  end.
End Walk.

Record cones := ConesOf { o_unit : Q; o_basis : list row; o_peaks : list peak; o_plus : list Z; o_minus : list Z }.
Definition by_cones (W : cones) (C : cert Q) : bool :=
  let D := c_data Q C in let n := d_dim Q D in
  let scale := common_of (concat (d_X Q D)) in let den := common_of (c_kappa Q C) in
  let X := map (map (times scale)) (d_X Q D) in let kap := map (times den) (c_kappa Q C) in
  (0 <? scale) && (0 <? den) && forallb (forallb (is_times scale)) (d_X Q D) && forallb (is_times den) (c_kappa Q C) &&
  match form_of X kap [] (repeat 0 n) with
  | None => false
  | Some (F, linear) =>
    let factor := den * scale in
    let starts s := map (fun cone => (cone, map (Z.mul s) linear, combine (seq 0 (length F)) (turned s F))) (roots (o_basis W)) in
    let ok s toks := walk_cones n s factor (d_b2 Q D) (o_unit W) (o_peaks W) (S (length toks)) toks (starts s) in
    forallb (lenb n) (o_basis W) && echelon (o_basis W) && forallb (spanned n (o_basis W)) X &&
    forallb (peak_ok n (d_b2 Q D) (c_atoms Q C)) (o_peaks W) &&
    forallb (fun k => forallb (fun t => (fst t <? length F)%nat) (p_tied k)) (o_peaks W) && ok 1 (o_plus W) && ok (-1) (o_minus W)
  end.
