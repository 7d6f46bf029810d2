(* The checker, over any scalars K with a sign that may say "undecided". It follows the checker in Python:
   the same trees, tokens, orders and multipliers, and the same rules of form ([rules]), which carry no
   mathematics: nothing is proved about them, and they make the two verdicts the same. *)
From Coq Require Import List ZArith Bool Arith.
From Cert Require Import Polytope.
Import ListNotations.

Section Checker.
Variable K : Type.
Variables (k0 k1 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).

Record data := Data { d_dim : nat; d_X : list (list K); d_y : list K; d_om : list K; d_b2 : K }.
Record width := Width { w_m : nat; w_comps : Z; w_iso : Z; w_poly : Z; w_parent : list nat; w_rank : list nat }.
Record cert := Cert {
  c_data : data;
  (* claims *)
  c_patterns : Z;
  c_kappa : list K; c_fit : list K; c_value : K;
  c_atoms : list (bool * list K);                       (* true: + *)
  c_verts : list (list nat * list K);                   (* support, weights *)
  c_rank : nat; c_dim : nat;
  c_mstar : nat; c_Mstar : nat; c_spectrum : list (nat * nat);   (* size of a support, number of vertices *)
  c_widths : list width;
  c_threshold : nat; c_bound : nat; c_bound_talk : nat;
  c_verdicts : list (option bool);                      (* T7.1 - T7.5; None: the hypothesis fails *)
  (* witness *)
  c_circuits : list (list nat * list K); c_ptree : list Z; c_points : list (list K);
  c_dual : list (list nat * list K);                    (* per tope and sign: rows, multipliers *)
  c_farkas : list (list K); c_tree : list Z;
  c_basis : list nat; c_used : nat; c_frame : list (list K) }.

Definition is (s : comparison) (x : K) := match ksgn x, s with Some Lt, Lt | Some Eq, Eq | Some Gt, Gt => true | _, _ => false end.
Definition known (x : K) := match ksgn x with Some _ => true | None => false end.
Definition ksub x y := kadd x (kopp y).
Definition keq x y := is Eq (ksub x y).
Fixpoint kdot (x w : list K) : K := match x, w with a :: x', b :: w' => kadd (kmul a b) (kdot x' w') | _, _ => k0 end.
Definition side (x w : list K) (less : K) := ksgn (ksub (kdot x w) less).
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
Fixpoint tree_of_topes (toks : list Z) (stack : list (list nat * signs)) (pts : list (list K)) : option (list signs) :=
  match toks with
  | [] => match stack, pts with [], [] => Some [] | _, _ => None end
  | t :: toks' =>
    match stack with
    | [] => None
    | (rest, acc) :: st =>
      if (t =? -2)%Z then
        match rest, pts with
        | [], h :: pts' => if lenb (d_dim D) h && agreeb acc h then option_map (cons acc) (tree_of_topes toks' st pts') else None
        | _, _ => None end
      else if (t =? -1)%Z then
        match rest with
        | [] => None
        | k :: rest' =>
          let st' := match acc with [] => st | _ => (rest', (k, false) :: acc) :: st end in
          tree_of_topes toks' ((rest', (k, true) :: acc) :: st') pts
        end
      else match nth_error circuits (Z.to_nat t) with
        | Some c => if (0 <=? t)%Z && refutes c acc then tree_of_topes toks' st pts else None
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
Definition dual1 (tight : bool) (atoms : list (bool * list K)) (kap : list K) (a : signs) (s : bool) (mu : list nat * list K) : bool :=
  let p := vadd (map (sg s) (pullv a 0 (d_X D) kap)) (push a mu) in
  let p := vadd p (repeat k0 (d_dim D)) in
  forallb (fun t => is Gt t) (snd mu) && lenb (d_dim D) p &&
  match side p p (d_b2 D) with
  | Some Lt => true
  | Some Eq => negb tight || existsb (fun at_ : bool * list K => Bool.eqb (fst at_) s && veq p (snd at_)) atoms
  | _ => false end.
Definition flip (a : signs) : signs := map (fun p => (fst p, negb (snd p))) a.
Fixpoint dual (tight : bool) atoms kap (topes : list signs) (mus : list (list nat * list K)) : bool :=
  match topes, mus with
  | [], [] => true
  | a :: topes', m1 :: m2 :: mus' => dual1 tight atoms kap a true m1 && dual1 tight atoms kap a false m2 && dual tight atoms kap topes' mus'
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
Fixpoint combination (cs : list (list K)) (c : list K) (i : nat) : K :=
  match cs, c with a :: cs', x :: c' => kadd (kmul (nth i a k0) x) (combination cs' c' i) | _, _ => k0 end.
Fixpoint mapo {A B} (f : A -> option B) (l : list A) : option (list B) :=
  match l with [] => Some [] | x :: l' => match f x, mapo f l' with Some y, Some r => Some (y :: r) | _, _ => None end end.
Definition vert_ok (cols : list (list K)) (fit : list K) (v : list bool * list K) : bool :=
  forallb (fun i => keq (combination cols (snd v) i) (nth i fit k0)) (seq 0 n_).

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
Fixpoint tree (N : nat) (masks : list (list bool)) (ws : list wall) (toks : list Z) (stack : list (list bool * list bool)) : bool :=
  match toks with
  | [] => match stack with [] => true | _ => false end
  | t :: toks' =>
    match stack with
    | [] => false
    | (pos, van) :: st =>
      let i := Z.to_nat (t / 3) in
      (0 <=? t)%Z &&
      match (t mod 3)%Z with
      | 0%Z => (i <? N)%nat && negb (nth i pos false || nth i van false) && tree N masks ws toks' ((setb i pos, van) :: (pos, setb i van) :: st)
      | 1%Z => match nth_error masks i with Some s => inside s pos && tree N masks ws toks' st | None => false end
      | _ => match nth_error ws i with Some w => empties w pos van && tree N masks ws toks' st | None => false end
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
Fixpoint forest (m : nat) (masks : list (list bool)) (par : list nat) (fuel i : nat) : option nat :=
  let p := nth i par O in
  if (p =? i)%nat then Some i else
  match fuel with
  | O => None
  | S f => match nth_error masks i, nth_error masks p with
           | Some s, Some t => if (ucnt s t <=? m)%nat then forest m masks par f p else None
           | _, _ => None end
  end.
Fixpoint zfact (m : nat) : Z := match m with O => 1%Z | S m' => (Z.of_nat m * zfact m')%Z end.
Definition within (m : nat) (masks : list (list bool)) := filter (fun p => (cnt (snd p) <=? m)%nat) (combine (seq 0 (length masks)) masks).
Definition zlen {A} (l : list A) := Z.of_nat (length l).
Definition check_width (masks : list (list bool)) (w : width) : bool :=
  let m := w_m w in
  match spread m masks (w_parent w) with
  | None => false
  | Some par =>
    let ins := within m masks in
    match mapo (fun p : nat * list bool => option_map (fun r => (p, r)) (forest m masks par (length masks) (fst p))) ins with
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

(** ** rank: w_i'F_(b_j) = [i = j], F = sum_i (w_i'F) F_(b_i); the first [used] of the basis span what P uses *)
Definition nodupb (l : list nat) := pairs (fun a b => negb (a =? b)%nat) l.
Definition usedmask (N : nat) (masks : list (list bool)) : list bool := fold_right union (repeat false N) masks.
Definition dimension (n : nat) (cols : list (list K)) (masks : list (list bool)) (basis : list nat) (used : nat) (ws : list (list K)) : bool :=
  let N := length cols in
  let U := usedmask N masks in
  let B := map (fun b => nth b cols []) basis in
  nodupb basis && forallb (fun b => (b <? N)%nat) basis && lenb (length basis) ws && (used <=? length basis)%nat &&
  forallb (fun b => nth b U false) (firstn used basis) &&
  forallb (fun i => forallb (fun j => keq (kdot (nth i ws []) (nth j B [])) (if (i =? j)%nat then k1 else k0)) (seq 0 (length basis))) (seq 0 (length basis)) &&
  forallb (fun a => let f := nth a cols [] in let x := map (fun w => kdot w f) ws in
    forallb (fun i => keq (combination B x i) (nth i f k0)) (seq 0 n) && (negb (nth a U false) || forallb (is Eq) (skipn used x))) (seq 0 N).

(** ** rules of form: orders, ranges, lengths *)
Definition increasing {A} (f : A -> A -> bool) := fix go (l : list A) : bool := match l with x :: (y :: _) as l' => f x y && go l' | _ => true end.
Fixpoint lexlt {A} (lt eq : A -> A -> bool) (u v : list A) : bool :=
  match u, v with a :: u', b :: v' => lt a b || eq a b && lexlt lt eq u' v' | [], _ :: _ => true | _, [] => false end.
Definition indices (n : nat) (l : list nat) := increasing Nat.ltb l && forallb (fun i => (i <? n)%nat) l.
Definition key (D : data) (at_ : bool * list K) : list Z :=
  let code s := match s with Some Gt => -1 | Some Eq => 0 | Some Lt => 1 | None => 2 end%Z in
  (if fst at_ then -1 else 1)%Z :: map (fun x => code (ksgn (kdot x (snd at_)))) (d_X D).
Definition width_rule (masks : list (list bool)) (w : width) : bool :=
  match spread (w_m w) masks (w_parent w), spread (w_m w) masks (w_rank w) with
  | Some par, Some rk =>
    forallb (fun r => (1 <=? r)%nat) (w_rank w) &&
    forallb (fun p : nat * list bool => let q := nth (fst p) par O in
      (q =? fst p)%nat || (q <? length masks)%nat && (nth q rk O <? nth (fst p) rk O)%nat) (within (w_m w) masks)
  | _, _ => false end.
Definition rules (C : cert) (cols : list (list K)) (masks : list (list bool)) : bool :=
  let D := c_data C in
  let n := length (d_X D) in
  negb (lenb 0 (d_X D)) && negb (d_dim D =? 0)%nat &&
  forallb (fun c => increasing Nat.ltb (fst c) && forallb (fun k => existsb (Nat.eqb k) (rows D)) (fst c)) (c_circuits C) &&
  forallb (fun m => indices n (fst m) && lenb (length (fst m)) (snd m)) (c_dual C) &&
  increasing (lexlt Z.ltb Z.eqb) (map (key D) (c_atoms C)) &&
  increasing (lexlt Nat.ltb Nat.eqb) (map fst (c_verts C)) &&
  forallb (fun w => lenb n w && forallb (fun f => known (kdot w f)) cols && known (kdot w (c_fit C))) (c_farkas C) &&
  forallb (lenb n) (c_frame C) &&
  forallb (fun w => (Z.of_nat (w_m w) <=? 1000)%Z && width_rule masks w) (c_widths C).

(** ** the whole certificate *)
Definition spectrum (masks : list (list bool)) (sp : list (nat * nat)) : bool :=
  nodupb (map fst sp) &&
  forallb (fun p => (0 <? snd p)%nat && (snd p =? length (filter (fun s => (cnt s =? fst p)%nat) masks))%nat) sp &&
  forallb (fun s => existsb (fun p => (fst p =? cnt s)%nat) sp) masks.
(** the last two widths are the connected ones, and no smaller one is *)
Definition ends (C : cert) : bool :=
  match rev (c_widths C) with
  | last :: before :: more =>
    (w_poly last =? 1)%Z && (w_comps before =? 1)%Z && (w_m before =? c_threshold C)%nat && (c_Mstar C <? w_m last)%nat &&
    match more with w :: _ => negb (w_comps w =? 1)%Z | [] => true end
  | _ => false end.
Definition verdict (C : cert) (v : option bool) : bool :=
  match v with Some b => b && negb (c_mstar C =? 0)%nat | None => (c_mstar C =? 0)%nat end.
(** the topes, counted, and kappa bounded on each of them *)
Definition by_topes (C : cert) : bool :=
  let D := c_data C in
  forallb (circuit_ok D) (c_circuits C) &&
  match tree_of_topes D (c_circuits C) (c_ptree C) [(rows D, [])] (c_points C) with
  | None | Some [] => false
  | Some topes =>
    (c_patterns C =? zlen (with_opposites D topes))%Z &&
    dual D true (c_atoms C) (c_kappa C) (with_opposites D topes) (c_dual C)
  end.
(** all the rest: it does not ask how kappa was shown to be feasible *)
Definition shape (C : cert) (cols : list (list K)) (vs : list (list bool * list K)) : bool :=
  let D := c_data C in
  let n := length (d_X D) in
  let N := length (c_atoms C) in
  let masks := map fst vs in
  let fal := repeat false N in
  lenb n (d_y D) && lenb n (d_om D) && lenb n (c_kappa C) && lenb n (c_fit C) &&
  forallb (lenb (d_dim D)) (d_X D) && forallb (fun x => zerorow x || nonzero x) (d_X D) &&
  is Gt (d_b2 D) && forallb (is Gt) (d_om D) &&
  forallb (atom_ok D (c_kappa C)) (c_atoms C) && pairs differ (c_atoms C) &&
  optimum D (c_kappa C) (c_fit C) (c_value C) &&
  forallb (vert_ok D cols (c_fit C)) vs &&
  antichain masks &&
  tree N masks (walls cols (c_fit C) (c_farkas C)) (c_tree C) [(fal, fal)] &&
  forallb (fun s => (c_mstar C <=? cnt s)%nat && (cnt s <=? c_Mstar C)%nat) masks &&
  existsb (fun s => (cnt s =? c_mstar C)%nat) masks && existsb (fun s => (cnt s =? c_Mstar C)%nat) masks &&
  forallb (fun w => (c_mstar C <=? w_m w)%nat && check_width masks w) (c_widths C) &&
  dimension n cols masks (c_basis C) (c_used C) (c_frame C) &&
  (c_rank C =? length (c_basis C))%nat && (c_dim C + c_used C =? cnt (usedmask N masks))%nat &&
  spectrum masks (c_spectrum C) &&
  all2 Nat.eqb (map w_m (c_widths C)) (seq (c_mstar C) (length (c_widths C))) && ends C &&
  (c_bound C =? Nat.min (c_mstar C + c_Mstar C) (S (c_rank C)))%nat &&
  (c_bound_talk C =? Nat.min (c_mstar C + c_Mstar C) (S n))%nat &&
  (c_threshold C <=? c_bound C)%nat && lenb 5 (c_verdicts C) && forallb (verdict C) (c_verdicts C).
Definition check_with (by_ : cert -> bool) (C : cert) : bool :=
  match mapo (fun v => dense (length (c_atoms C)) O (fst v) (snd v)) (c_verts C) with
  | None => false
  | Some vs => let cols := map (feat (c_data C)) (c_atoms C) in shape C cols vs && by_ C && rules C cols (map fst vs)
  end.
Definition check := check_with by_topes.

(** * Walks: networks, each slot empty, balanced (alpha w = +-u, |alpha| = |w|) or raw weights *)
Inductive place_ := Null | Balanced (s : bool) (u : list K) | Raw (w : list K) (alpha : K).
Record walk := Walk {
  k_data : data; k_patterns : Z; k_kappa : list K; k_fit : list K; k_value : K;
  k_width : nat; k_nets : list (list place_);
  k_circuits : list (list nat * list K); k_ptree : list Z; k_points : list (list K); k_dual : list (list nat * list K) }.
(** kappa is feasible; its tight directions are not asked for *)
Definition feasible (D : data) (count : Z) (kap : list K) (circuits : list (list nat * list K)) (tree : list Z) (points : list (list K)) (mus : list (list nat * list K)) : bool :=
  let n := length (d_X D) in
  lenb n (d_y D) && lenb n (d_om D) && lenb n kap && forallb (lenb (d_dim D)) (d_X D) && forallb (fun x => zerorow x || nonzero x) (d_X D) &&
  is Gt (d_b2 D) && forallb (is Gt) (d_om D) && forallb (circuit_ok D) circuits &&
  match tree_of_topes D circuits tree [(rows D, [])] points with
  | None | Some [] => false
  | Some topes => (count =? zlen (with_opposites D topes))%Z && dual D false [] kap (with_opposites D topes) mus
  end.
Definition feasible_rules (D : data) (circuits : list (list nat * list K)) (mus : list (list nat * list K)) : bool :=
  negb (lenb 0 (d_X D)) && negb (d_dim D =? 0)%nat &&
  forallb (fun c => increasing Nat.ltb (fst c) && forallb (fun k => existsb (Nat.eqb k) (rows D)) (fst c)) circuits &&
  forallb (fun m => indices (length (d_X D)) (fst m) && lenb (length (fst m)) (snd m)) mus.
(** a neuron on an atom: s kappa'(Xu)_+ = beta |u| *)
Definition reaches (D : data) (kap : list K) (x : place_) : bool :=
  match x with
  | Null => true
  | Balanced s u => lenb (d_dim D) u && nonzero u && forallb (fun r => known (kdot r u)) (d_X D) &&
      let z := kdot kap (feat D (s, u)) in is Gt z && keq (kmul z z) (kmul (d_b2 D) (kdot u u))
  | Raw _ _ => false end.
Definition feat_ (D : data) (x : place_) : list K := match x with Balanced s u => feat D (s, u) | _ => repeat k0 (length (d_X D)) end.
Definition at_optimum (D : data) (kap fit : list K) (net : list place_) : bool :=
  forallb (reaches D kap) net && veq (fold_right vadd (repeat k0 (length (d_X D))) (map (feat_ D) net)) fit.
Fixpoint first_nonzero (u : list K) (i : nat) : nat := match u with t :: u' => if is Eq t then first_nonzero u' (S i) else i | [] => i end.
(** one sign and one ray *)
Definition along (x z : place_) : bool :=
  match x, z with
  | Balanced s u, Balanced t v =>
    let i := first_nonzero u O in let a := nth i u k0 in let b := nth i v k0 in
    Bool.eqb s t && lenb (length u) v && all2 (fun p q => keq (kmul q a) (kmul b p)) u v && is Gt (kmul a b)
  | Null, _ | _, Null => true
  | _, _ => false end.
Fixpoint steps (nets : list (list place_)) : bool :=
  match nets with x :: (z :: _) as nets' => all2 along x z && steps nets' | _ => true end.
Definition check_walk (C : walk) : bool :=
  let D := k_data C in
  feasible D (k_patterns C) (k_kappa C) (k_circuits C) (k_ptree C) (k_points C) (k_dual C) && lenb (length (d_X D)) (k_fit C) &&
  optimum D (k_kappa C) (k_fit C) (k_value C) && negb (lenb 0 (k_nets C)) &&
  forallb (fun net => lenb (k_width C) net && at_optimum D (k_kappa C) (k_fit C) net) (k_nets C) && steps (k_nets C) &&
  feasible_rules D (k_circuits C) (k_dual C).

(** * A separation: a staircase, and two optimal networks of one listed width *)
Record separation := Separation { s_cert : cert; s_width : nat; s_start : list place_; s_end : list place_ }.
(** the atoms on whose ray a neuron lies *)
Definition uses (atoms : list (bool * list K)) (net : list place_) : list bool :=
  map (fun g => existsb (fun x => match x with Null => false | _ => along x (Balanced (fst g) (snd g)) end) net) atoms.
Fixpoint below (face : list bool) (masks : list (list bool)) (i : nat) : option nat :=
  match masks with [] => None | s :: masks' => if inside s face then Some i else below face masks' (S i) end.
Definition different (x z : place_) : bool :=
  match x, z with
  | Null, Null => false
  | Balanced s u, Balanced t v => negb (Bool.eqb s t) || existsb (fun p => let z := ksub (fst p) (snd p) in is Lt z || is Gt z) (combine u v)
  | _, _ => true end.
(** their faces of P_m have vertices of different labels, or of one label whose vertex fills every slot *)
Definition apart (m : nat) (masks : list (list bool)) (par : list nat) (atoms : list (bool * list K)) (start end_ : list place_) : bool :=
  match below (uses atoms start) masks O, below (uses atoms end_) masks O with
  | Some i, Some j =>
    match forest m masks par (length masks) i, forest m masks par (length masks) j with
    | Some r, Some r' => negb (r =? r')%nat ||
        (cnt (nth i masks []) =? m)%nat && existsb (fun p => different (fst p) (snd p)) (combine start end_)
    | _, _ => false end
  | _, _ => false end.
Definition check_separation (C : separation) : bool :=
  let c := s_cert C in let D := c_data c in let m := s_width C in
  check c &&
  forallb (fun net => lenb m net && at_optimum D (c_kappa c) (c_fit c) net) [s_start C; s_end C] &&
  match find (fun w => (w_m w =? m)%nat) (c_widths c), mapo (fun v => dense (length (c_atoms c)) O (fst v) (snd v)) (c_verts c) with
  | Some w, Some vs => let masks := map fst vs in
      match spread m masks (w_parent w) with Some par => apart m masks par (c_atoms c) (s_start C) (s_end C) | None => false end
  | _, _ => false end.
End Checker.
