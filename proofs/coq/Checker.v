(* The checker, over any scalars K with a sign that may say "undecided". It follows polytope_nn's check.py:
   the same trees, tokens, orders and multipliers. *)
From Coq Require Import List ZArith Bool Arith.
From Cert Require Import Polytope.
Import ListNotations.

Section Checker.
Variable K : Type.
Variables (k0 k1 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).

Record data := Data { d_dim : nat; d_X : list (list K); d_y : list K; d_om : list K; d_b2 : K }.
Record width := Width { w_m : nat; w_comps : Z; w_iso : Z; w_poly : Z; w_parent : list nat }.
Record cert := Cert {
  c_data : data;
  c_kappa : list K; c_fit : list K; c_value : K;
  c_atoms : list (bool * list K);                       (* true: + *)
  c_verts : list (list nat * list K);                   (* support, weights *)
  c_mstar : nat; c_Mstar : nat; c_widths : list width;
  c_patterns : Z;
  c_circuits : list (list nat * list K); c_ptree : list Z; c_points : list (list K);
  c_dual : list (list nat * list K);                    (* per tope and sign: rows, multipliers *)
  c_farkas : list (list K); c_tree : list Z }.

Definition is (s : comparison) (x : K) := match ksgn x, s with Some Lt, Lt | Some Eq, Eq | Some Gt, Gt => true | _, _ => false end.
Definition known (x : K) := match ksgn x with Some _ => true | None => false end.
Definition ksub x y := kadd x (kopp y).
Definition keq x y := is Eq (ksub x y).
Fixpoint kdot (x w : list K) : K := match x, w with a :: x', b :: w' => kadd (kmul a b) (kdot x' w') | _, _ => k0 end.
Fixpoint vadd (u v : list K) : list K := match u, v with [], _ => v | _, [] => u | a :: u', b :: v' => kadd a b :: vadd u' v' end.
Definition vscale (k : K) (u : list K) := map (kmul k) u.
Fixpoint all2 {A B} (f : A -> B -> bool) (x : list A) (y : list B) : bool :=
  match x, y with a :: x', b :: y' => f a b && all2 f x' y' | [], [] => true | _, _ => false end.
Definition veq := all2 keq.
Definition lenb {A} (n : nat) (l : list A) := (length l =? n)%nat.

(** ** patterns *)
Section Data.
Variable D : data.
Definition n_ := length (d_X D).
Definition rowk (k : nat) := nth k (d_X D) [].
Definition nonzero (x : list K) := existsb (fun t => is Lt t || is Gt t) x.
Definition zerorow (x : list K) := forallb (is Eq) x.
Definition rows := filter (fun k => nonzero (rowk k)) (seq 0 n_).
Definition circuit_ok (c : list nat * list K) : bool :=
  lenb (length (fst c)) (snd c) && negb (lenb 0 (fst c)) && forallb (fun t => is Lt t || is Gt t) (snd c) &&
  forallb (is Eq) (fold_right vadd [] (map (fun p => vscale (snd p) (rowk (fst p))) (combine (fst c) (snd c)))).
Definition signs := list (nat * bool).
Definition has_sign (acc : signs) (k : nat) (b : bool) := existsb (fun p => (fst p =? k)%nat && Bool.eqb (snd p) b) acc.
Definition refutes (c : list nat * list K) (acc : signs) : bool :=
  forallb (fun p => has_sign acc (fst p) (is Gt (snd p))) (combine (fst c) (snd c)) ||
  forallb (fun p => has_sign acc (fst p) (is Lt (snd p))) (combine (fst c) (snd c)).
Definition agreeb (acc : signs) (h : list K) := forallb (fun p : nat * bool => is (if snd p then Gt else Lt) (kdot (rowk (fst p)) h)) acc.
Variable circuits : list (list nat * list K).
Fixpoint pat (toks : list Z) (stack : list (list nat * signs)) (pts : list (list K)) : option (list signs) :=
  match toks with
  | [] => match stack, pts with [], [] => Some [] | _, _ => None end
  | t :: toks' =>
    match stack with
    | [] => None
    | (rest, acc) :: st =>
      if (t =? -2)%Z then
        match rest, pts with
        | [], h :: pts' => if lenb (d_dim D) h && agreeb acc h then option_map (cons acc) (pat toks' st pts') else None
        | _, _ => None end
      else if (t =? -1)%Z then
        match rest with
        | [] => None
        | k :: rest' =>
          let st' := match acc with [] => st | _ => (rest', (k, false) :: acc) :: st end in
          pat toks' ((rest', (k, true) :: acc) :: st') pts
        end
      else match nth_error circuits (Z.to_nat t) with
        | Some c => if (0 <=? t)%Z && refutes c acc then pat toks' st pts else None
        | None => None end
    end
  end.

(** ** dual *)
Definition active (a : signs) (k : nat) := has_sign a k true.
Fixpoint pullv (a : signs) (i : nat) (X : list (list K)) (kap : list K) : list K :=
  match X, kap with
  | x :: X', t :: kap' => if active a i then vadd (vscale t x) (pullv a (S i) X' kap') else pullv a (S i) X' kap'
  | _, _ => [] end.
Definition push (a : signs) (mu : list nat * list K) : list K :=
  fold_right vadd [] (map (fun p => vscale (if active a (fst p) then snd p else kopp (snd p)) (rowk (fst p))) (combine (fst mu) (snd mu))).
Definition sg (s : bool) (x : K) := if s then x else kopp x.
Definition dual1 (atoms : list (bool * list K)) (kap : list K) (a : signs) (s : bool) (mu : list nat * list K) : bool :=
  let p := vadd (map (sg s) (pullv a 0 (d_X D) kap)) (push a mu) in
  let p := vadd p (repeat k0 (d_dim D)) in
  forallb (fun t => is Gt t) (snd mu) && lenb (d_dim D) p &&
  match ksgn (ksub (kdot p p) (d_b2 D)) with
  | Some Lt => true
  | Some Eq => existsb (fun at_ : bool * list K => Bool.eqb (fst at_) s && veq p (snd at_)) atoms
  | _ => false end.
Definition flip (a : signs) : signs := map (fun p => (fst p, negb (snd p))) a.
Fixpoint dual atoms kap (topes : list signs) (mus : list (list nat * list K)) : bool :=
  match topes, mus with
  | [], [] => true
  | a :: topes', m1 :: m2 :: mus' => dual1 atoms kap a true m1 && dual1 atoms kap a false m2 && dual atoms kap topes' mus'
  | _, _ => false end.
Definition with_opposites (topes : list signs) : list signs :=
  match rows with [] => topes | _ => flat_map (fun a => [a; flip a]) topes end.

(** ** atoms, optimum *)
Definition feat (at_ : bool * list K) : list K := map (fun x => let z := kdot x (snd at_) in if is Gt z then sg (fst at_) z else k0) (d_X D).
Definition atom_ok (kap : list K) (at_ : bool * list K) : bool :=
  lenb (d_dim D) (snd at_) && forallb (fun x => known (kdot x (snd at_))) (d_X D) &&
  keq (kdot (snd at_) (snd at_)) (d_b2 D) && keq (kdot kap (feat at_)) (d_b2 D).
Definition differ (u v : bool * list K) : bool :=
  negb (Bool.eqb (fst u) (fst v)) || existsb (fun p => let z := ksub (fst p) (snd p) in is Lt z || is Gt z) (combine (snd u) (snd v)).
Definition optimum (kap fit : list K) (value : K) : bool :=
  let off := map (fun p => ksub (fst p) (snd p)) (combine (d_y D) fit) in
  veq (map (fun p => kmul (fst p) (snd p)) (combine (d_om D) off)) kap &&
  keq (kadd value value) (kadd (kdot kap off) (kadd (kdot kap fit) (kdot kap fit))).

(** ** vertices *)
Fixpoint dense (N : nat) (j : nat) (sup : list nat) (ws : list K) : option (list bool * list K) :=
  match N with
  | O => match sup, ws with [], [] => Some ([], []) | _, _ => None end
  | S N' =>
    match sup, ws with
    | a :: sup', c :: ws' =>
      if (a =? j)%nat then
        if is Gt c then option_map (fun r : list bool * list K => (true :: fst r, c :: snd r)) (dense N' (S j) sup' ws') else None
      else option_map (fun r : list bool * list K => (false :: fst r, k0 :: snd r)) (dense N' (S j) sup ws)
    | _, _ => option_map (fun r : list bool * list K => (false :: fst r, k0 :: snd r)) (dense N' (S j) sup ws)
    end
  end.
Fixpoint kcomb (cs : list (list K)) (c : list K) (i : nat) : K :=
  match cs, c with a :: cs', x :: c' => kadd (kmul (nth i a k0) x) (kcomb cs' c' i) | _, _ => k0 end.
Fixpoint mapo {A B} (f : A -> option B) (l : list A) : option (list B) :=
  match l with [] => Some [] | x :: l' => match f x, mapo f l' with Some y, Some r => Some (y :: r) | _, _ => None end end.
Definition vert_ok (cols : list (list K)) (fit : list K) (v : list bool * list K) : bool :=
  forallb (fun i => keq (kcomb cols (snd v) i) (nth i fit k0)) (seq 0 n_).

(** ** cover *)
Definition wall := (list (option comparison) * option comparison)%type.
Definition walls (cols : list (list K)) (fit : list K) (farkas : list (list K)) : list wall :=
  map (fun w => (map (fun a => ksgn (kdot w a)) cols, ksgn (kdot w fit))) farkas.
Definition empties (w : wall) (pos van : list bool) : bool :=
  all2 (fun s z => z || match s with Some Gt | Some Eq => true | _ => false end) (fst w) van &&
  match snd w with
  | Some Lt => true
  | Some Eq => existsb (fun p : option comparison * bool => snd p && match fst p with Some Gt => true | _ => false end) (combine (fst w) pos)
  | _ => false end.
Fixpoint cover (N : nat) (masks : list (list bool)) (ws : list wall) (toks : list Z) (stack : list (list bool * list bool)) : bool :=
  match toks with
  | [] => match stack with [] => true | _ => false end
  | t :: toks' =>
    match stack with
    | [] => false
    | (pos, van) :: st =>
      let i := Z.to_nat (t / 3) in
      (0 <=? t)%Z &&
      match (t mod 3)%Z with
      | 0%Z => (i <? N)%nat && cover N masks ws toks' ((setb i pos, van) :: (pos, setb i van) :: st)
      | 1%Z => match nth_error masks i with Some s => inclb s pos && cover N masks ws toks' st | None => false end
      | _ => match nth_error ws i with Some w => empties w pos van && cover N masks ws toks' st | None => false end
      end
    end
  end.
End Data.

(** ** components *)
Fixpoint spread (m : nat) (masks : list (list bool)) (par : list nat) : option (list nat) :=
  match masks with
  | [] => match par with [] => Some [] | _ => None end
  | s :: masks' => if (cnt s <=? m)%nat then match par with p :: par' => option_map (cons p) (spread m masks' par') | [] => None end
                   else option_map (cons O) (spread m masks' par)
  end.
Fixpoint root (m : nat) (masks : list (list bool)) (par : list nat) (fuel i : nat) : option nat :=
  let p := nth i par O in
  if (p =? i)%nat then Some i else
  match fuel with
  | O => None
  | S f => match nth_error masks i, nth_error masks p with
           | Some s, Some t => if (ucnt s t <=? m)%nat then root m masks par f p else None
           | _, _ => None end
  end.
Fixpoint zfact (m : nat) : Z := match m with O => 1%Z | S m' => (Z.of_nat m * zfact m')%Z end.
Definition inside (m : nat) (masks : list (list bool)) := filter (fun p => (cnt (snd p) <=? m)%nat) (combine (seq 0 (length masks)) masks).
Definition zlen {A} (l : list A) := Z.of_nat (length l).
Definition check_width (masks : list (list bool)) (w : width) : bool :=
  let m := w_m w in
  match spread m masks (w_parent w) with
  | None => false
  | Some par =>
    let ins := inside m masks in
    match mapo (fun p : nat * list bool => option_map (fun r => (p, r)) (root m masks par (length masks) (fst p))) ins with
    | None => false
    | Some L =>
      pairs (fun x y => (snd x =? snd y)%nat || (m <? ucnt (snd (fst x)) (snd (fst y)))%nat) L &&
      let roots := filter (fun x : nat * list bool * nat => (snd x =? fst (fst x))%nat) L in
      let small := filter (fun x : nat * list bool * nat => (cnt (snd (fst x)) <? m)%nat) in
      forallb (fun x : nat * list bool * nat => match nth_error masks (snd x) with Some s => (cnt s <? m)%nat | None => false end) (small L) &&
      let iso := (zfact m * zlen (filter (fun s => (cnt s =? m)%nat) masks))%Z in
      let vanishes := existsb (fun s => (cnt s =? 0)%nat) masks in
      (w_iso w =? if vanishes then 1 else iso)%Z && (w_comps w =? iso + zlen (small roots))%Z && (w_poly w =? zlen roots)%Z
    end
  end.

(** ** the whole certificate *)
Definition check_with (C : cert) (cols : list (list K)) (vs : list (list bool * list K)) : bool :=
  let D := c_data C in
  let n := length (d_X D) in
  let N := length (c_atoms C) in
  let masks := map fst vs in
  let fal := repeat false N in
  lenb n (d_y D) && lenb n (d_om D) && lenb n (c_kappa C) && lenb n (c_fit C) &&
  forallb (lenb (d_dim D)) (d_X D) && forallb (fun x => zerorow x || nonzero x) (d_X D) &&
  is Gt (d_b2 D) && forallb (is Gt) (d_om D) &&
  forallb (circuit_ok D) (c_circuits C) &&
  match pat D (c_circuits C) (c_ptree C) [(rows D, [])] (c_points C) with
  | None | Some [] => false
  | Some topes =>
    (c_patterns C =? zlen (with_opposites D topes))%Z &&
    dual D (c_atoms C) (c_kappa C) (with_opposites D topes) (c_dual C)
  end &&
  forallb (atom_ok D (c_kappa C)) (c_atoms C) && pairs differ (c_atoms C) &&
  optimum D (c_kappa C) (c_fit C) (c_value C) &&
  forallb (vert_ok D cols (c_fit C)) vs &&
  antichain masks &&
  cover N masks (walls cols (c_fit C) (c_farkas C)) (c_tree C) [(fal, fal)] &&
  forallb (fun s => (c_mstar C <=? cnt s)%nat && (cnt s <=? c_Mstar C)%nat) masks &&
  existsb (fun s => (cnt s =? c_mstar C)%nat) masks && existsb (fun s => (cnt s =? c_Mstar C)%nat) masks &&
  forallb (fun w => (c_mstar C <=? w_m w)%nat && check_width masks w) (c_widths C).
Definition check (C : cert) : bool :=
  match mapo (fun v => dense (length (c_atoms C)) O (fst v) (snd v)) (c_verts C) with
  | None => false
  | Some vs => check_with C (map (feat (c_data C)) (c_atoms C)) vs
  end.
End Checker.
