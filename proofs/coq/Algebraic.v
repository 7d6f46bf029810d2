(* Scalars in a number field Q(alpha): coordinates in the powers of alpha, modulo f; signs on intervals around alpha. *)
From Coq Require Import List ZArith QArith Qreduction Reals Qreals Lra Lia Bool.
From Cert Require Import Checker Staircase Walks Separation Rational.
Import ListNotations.
Definition K := list Q.
Fixpoint nadd (x y : K) : K := match x, y with [], _ => y | _, [] => x | a :: x', b :: y' => qadd a b :: nadd x' y' end.
Definition nscale (a : Q) (y : K) : K := map (qmul a) y.
Definition nopp (x : K) : K := map Qopp x.
Section F.
Variable last : K.                       (* alpha^d = sum last_i alpha^i *)
Definition deg := length last.
Definition reduce (q : K) : K := if (length q =? S deg)%nat then nadd (firstn deg q) (nscale (nth deg q 0) last) else q.
Fixpoint nmul (x y : K) : K := match x with [] => [] | a :: x' => nadd (nscale a y) (reduce (0 :: nmul x' y)) end.
Definition mn (x y : Q) := if Qle_bool x y then x else y.
Definition mx (x y : Q) := if Qle_bool x y then y else x.
Fixpoint ieval (lo hi : Q) (p : K) : Q * Q :=
  match p with [] => (0, 0)
  | a :: p' => let (l, h) := ieval lo hi p' in
      let '(p1, p2, p3, p4) := (qmul l lo, qmul l hi, qmul h lo, qmul h hi) in
      (qadd a (mn (mn p1 p2) (mn p3 p4)), qadd a (mx (mx p1 p2) (mx p3 p4))) end.
(** the sign on the first interval that shows it *)
Fixpoint shown (ivs : list (Q * Q)) (x : K) : option comparison :=
  match ivs with [] => None
  | (lo, hi) :: ivs' => let (l, h) := ieval lo hi x in
    if (0 <? Qnum l)%Z then Some Gt else if (Qnum h <? 0)%Z then Some Lt else shown ivs' x end.
Variable ivs : list (Q * Q).
Definition nsgn (x : K) : option comparison := if forallb (fun a => Z.eqb (Qnum a) 0) x then Some Eq else shown ivs x.
Definition checkNF : cert K -> bool := check K [] [1] nadd nmul nopp nsgn.

Definition check_walkNF : walk K -> bool := check_walk K [] nadd nmul nopp nsgn.
Definition check_separationNF : separation K -> bool := check_separation K [] [1] nadd nmul nopp nsgn.

Open Scope R_scope.
Variable alpha : R.
Definition around (I : Q * Q) := Q2R (fst I) <= alpha <= Q2R (snd I).
Hypothesis Ha : Forall around ivs.
Fixpoint ev (p : K) : R := match p with [] => 0 | a :: p' => Q2R a + alpha * ev p' end.
Hypothesis Hroot : alpha ^ deg = ev last.
Lemma ev_add : forall x y, ev (nadd x y) = ev x + ev y.
Proof. induction x as [|a x IH]; intros [|b y]; simpl; try ring. rewrite q_add, IH. ring. Qed.
Lemma ev_scale a : forall y, ev (nscale a y) = Q2R a * ev y.
Proof. unfold nscale. induction y as [|b y IH]; simpl; try ring. rewrite q_mul, IH. ring. Qed.
Lemma ev_opp : forall x, ev (nopp x) = - ev x.
Proof. unfold nopp. induction x as [|b y IH]; simpl; try ring. rewrite Q2R_opp, IH. ring. Qed.
Lemma ev_app : forall u v, ev (u ++ v) = ev u + alpha ^ (length u) * ev v.
Proof. induction u as [|a u IH]; intros v; simpl; try ring. rewrite IH. ring. Qed.
Lemma ev_reduce q : ev (reduce q) = ev q.
Proof.
  unfold reduce. destruct (Nat.eqb_spec (length q) (S deg)) as [E|E]; auto. rewrite ev_add, ev_scale, <- Hroot.
  assert (L : length (firstn deg q) = deg) by (apply firstn_length_le; lia).
  rewrite <- (firstn_skipn deg q) at 3. rewrite ev_app, L. assert (S1 : skipn deg q = [nth deg q 0%Q]).
  { clear -E. generalize dependent (deg). induction q as [|a q IH]; intros [|k] E; simpl in *; try discriminate; auto. destruct q; simpl in *; auto; discriminate. }
  rewrite S1. simpl. ring.
Qed.
Lemma ev_mul : forall x y, ev (nmul x y) = ev x * ev y.
Proof.
  induction x as [|a x IH]; intros y; cbn [nmul ev]; try ring. rewrite ev_add, ev_scale, ev_reduce. cbn [ev]. rewrite IH. replace (Q2R 0) with 0 by (unfold Q2R; simpl; lra). ring.
Qed.
Lemma mn_l x y : Q2R (mn x y) <= Q2R x. Proof. unfold mn. destruct (Qle_bool x y) eqn:E; [lra|]. destruct (Qlt_le_dec y x) as [L|L]; [apply Qle_Rle, Qlt_le_weak; auto|apply Qle_bool_iff in L; congruence]. Qed.
Lemma mn_r x y : Q2R (mn x y) <= Q2R y. Proof. unfold mn. destruct (Qle_bool x y) eqn:E; [apply Qle_bool_iff in E; apply Qle_Rle; auto|lra]. Qed.
Lemma mx_l x y : Q2R x <= Q2R (mx x y). Proof. unfold mx. destruct (Qle_bool x y) eqn:E; [apply Qle_bool_iff in E; apply Qle_Rle; auto|lra]. Qed.
Lemma mx_r x y : Q2R y <= Q2R (mx x y). Proof. unfold mx. destruct (Qle_bool x y) eqn:E; [lra|]. destruct (Qlt_le_dec y x) as [L|L]; [apply Qle_Rle, Qlt_le_weak; auto|apply Qle_bool_iff in L; congruence]. Qed.
Lemma corner lo hi a l h v M : Q2R lo <= a <= Q2R hi -> l <= v <= h -> l * Q2R lo <= M -> l * Q2R hi <= M -> h * Q2R lo <= M -> h * Q2R hi <= M -> a * v <= M.
Proof.
  intros A V m1 m2 m3 m4. assert (B1 : Q2R lo * v <= M). { destruct (Rle_lt_dec 0 (Q2R lo)); [assert (Q2R lo * v <= Q2R lo * h) by (apply Rmult_le_compat_l; lra); lra|]. assert (- Q2R lo * l <= - Q2R lo * v) by (apply Rmult_le_compat_l; lra). lra. }
  assert (B2 : Q2R hi * v <= M). { destruct (Rle_lt_dec 0 (Q2R hi)); [assert (Q2R hi * v <= Q2R hi * h) by (apply Rmult_le_compat_l; lra); lra|]. assert (- Q2R hi * l <= - Q2R hi * v) by (apply Rmult_le_compat_l; lra). lra. }
  destruct (Rle_lt_dec 0 v); [assert (v * a <= v * Q2R hi) by (apply Rmult_le_compat_l; lra); lra|]. assert (- v * Q2R lo <= - v * a) by (apply Rmult_le_compat_l; lra). lra.
Qed.
Lemma ieval_ok lo hi : around (lo, hi) -> forall p, Q2R (fst (ieval lo hi p)) <= ev p <= Q2R (snd (ieval lo hi p)).
Proof.
  intros A0. unfold around in A0. cbn [fst snd] in A0. induction p as [|a p IH]; cbn [ieval ev]; [unfold Q2R; simpl; lra|]. destruct (ieval lo hi p) as [l h]. cbn [fst snd] in *. rewrite !q_add.
  set (p1 := qmul l lo). set (p2 := qmul l hi). set (p3 := qmul h lo). set (p4 := qmul h hi).
  assert (E1 : Q2R p1 = Q2R l * Q2R lo) by apply q_mul. assert (E2 : Q2R p2 = Q2R l * Q2R hi) by apply q_mul. assert (E3 : Q2R p3 = Q2R h * Q2R lo) by apply q_mul. assert (E4 : Q2R p4 = Q2R h * Q2R hi) by apply q_mul.
  pose proof (mn_l p1 p2). pose proof (mn_r p1 p2). pose proof (mn_l p3 p4). pose proof (mn_r p3 p4). pose proof (mn_l (mn p1 p2) (mn p3 p4)). pose proof (mn_r (mn p1 p2) (mn p3 p4)).
  pose proof (mx_l p1 p2). pose proof (mx_r p1 p2). pose proof (mx_l p3 p4). pose proof (mx_r p3 p4). pose proof (mx_l (mx p1 p2) (mx p3 p4)). pose proof (mx_r (mx p1 p2) (mx p3 p4)).
  assert (U : alpha * ev p <= Q2R (mx (mx p1 p2) (mx p3 p4))) by (apply (corner lo hi alpha (Q2R l) (Q2R h)); auto; lra).
  assert (L : alpha * - ev p <= - Q2R (mn (mn p1 p2) (mn p3 p4))) by (apply (corner lo hi alpha (- Q2R h) (- Q2R l)); auto; lra).
  lra.
Qed.
Lemma nsgn_ok x : match nsgn x with Some Lt => ev x < 0 | Some Eq => ev x = 0 | Some Gt => 0 < ev x | None => True end.
Proof.
  unfold nsgn. destruct (forallb _ x) eqn:E.
  - induction x as [|a x IH]; simpl in *; auto. apply andb_prop in E. destruct E as [A B]. rewrite (num0 a A), IH; auto. ring.
  - clear E. revert Ha. generalize ivs. induction ivs0 as [|[lo hi] l0 IH]; intros Ha0; simpl; auto. apply Forall_inv_tail in Ha0 as Ha1. apply Forall_inv in Ha0 as A0. specialize (IH Ha1). pose proof (ieval_ok lo hi A0 x) as I.
    destruct (ieval lo hi x) as [l h]. cbn [fst snd] in I. destruct (Z.ltb_spec 0 (Qnum l)) as [A|A].
    + pose proof (q_sgn l) as S. unfold qsgn in S. apply Z.compare_gt_iff in A. rewrite A in S. lra.
    + destruct (Z.ltb_spec (Qnum h) 0) as [B|B]; [|exact IH]. pose proof (q_sgn h) as S. unfold qsgn in S. apply Z.compare_lt_iff in B. rewrite B in S. lra.
Qed.
Theorem staircase_correct_at C : checkNF C = true -> claims_hold K ev C.
Proof.
  apply staircase_correct; first [apply ev_add | apply ev_mul | apply ev_opp | apply nsgn_ok | simpl; unfold Q2R; simpl; field].
Qed.
Theorem separation_correct_at C : check_separationNF C = true -> separation_holds K ev C.
Proof.
  apply separation_correct; first [apply ev_add | apply ev_mul | apply ev_opp | apply nsgn_ok | simpl; unfold Q2R; simpl; field].
Qed.
Theorem walk_correct_at C : check_walkNF C = true -> walk_holds K ev C.
Proof. apply walk_correct; first [apply ev_add | apply ev_mul | apply ev_opp | apply nsgn_ok | reflexivity]. Qed.
End F.

(** * The field: integers f, lowest degree first, and two rationals between which f has a root *)
Definition embed (q : Q) : K := if Z.eqb (Qnum q) 0 then [] else [q].
Definition lead (f : list Z) : Z := last f 0%Z.
Definition monic (f : list Z) : K := map (fun z => Qred (Qmake (- z) (Z.to_pos (lead f)))) (removelast f).
Definition at_ (f : list Z) (t : Q) : Q := fold_right (fun z r => qadd (Qmake z 1) (qmul t r)) 0 f.
Definition changes f lo hi := match qsgn (qmul (at_ f lo) (at_ f hi)) with Some Lt => Qle_bool lo hi | _ => false end.
Definition inside_ (J I : Q * Q) := Qle_bool (fst I) (fst J) && Qle_bool (snd J) (snd I).
(** bisection, a = lo q, b = hi q; what it finds is tested again *)
Fixpoint horner (f : list Z) (p q : Z) : Z * Z :=
  match f with [] => (0, 1)%Z | c :: f' => let (v, w) := horner f' p q in (c * w + p * v, w * q)%Z end.
Fixpoint bisect (f : list Z) (rising : bool) (n : nat) (a b q : Z) : Z * Z * Z :=
  match n with O => (a, b, q)
  | S n' => let v := fst (horner f (a + b) (2 * q)) in
    if (v =? 0)%Z then (a, b, q)
    else if Bool.eqb (0 <? v)%Z rising then bisect f rising n' (2 * a) (a + b) (2 * q) else bisect f rising n' (a + b) (2 * b) (2 * q) end.
Fixpoint stages (f : list Z) (rising : bool) (steps : list nat) (a b q : Z) : list (Q * Q) :=
  (Qred (Qmake a (Z.to_pos q)), Qred (Qmake b (Z.to_pos q))) ::
  match steps with [] => [] | n :: steps' => let '(a, b, q) := bisect f rising n a b q in stages f rising steps' a b q end.
Definition intervals (f : list Z) (lo hi : Q) : list (Q * Q) :=
  let q := Z.lcm (Zpos (Qden lo)) (Zpos (Qden hi)) in
  stages f (0 <? Qnum (at_ f hi))%Z (map Z.to_nat [16; 48; 192; 768; 1024]%Z) (Qnum lo * (q / Zpos (Qden lo))) (Qnum hi * (q / Zpos (Qden hi))) q.
(** rules of form, about which nothing is proved: f has no factor twice, one root between the ends (Sturm), and it is not rational *)
Fixpoint stripped (p : list Z) : list Z := match p with t :: p' => if (t =? 0)%Z then stripped p' else p | [] => [] end.
Definition primitive_part (p : list Z) : list Z := let g := fold_right Z.gcd 0%Z p in map (fun t => (t / g)%Z) (stripped p).
Fixpoint less (b a : Z) (p q : list Z) : list Z := match p, q with t :: p', u :: q' => (Z.abs b * t - Z.sgn b * a * u)%Z :: less b a p' q' | _, _ => map (Z.mul (Z.abs b)) p end.
Definition primitive_tail (l : list Z) : list Z := let p := tl l in let g := fold_right Z.gcd 0%Z p in if (g =? 0)%Z then p else map (fun t => (t / g)%Z) p.
(** highest degree first: a positive multiple of the remainder *)
Fixpoint rest (fuel : nat) (p q : list Z) : list Z :=
  match fuel, p, q with
  | S f, a :: _, b :: _ => if (length p <? length q)%nat then p else rest f (primitive_tail (less b a p q)) q
  | _, _, _ => p end.
Fixpoint sturm (fuel : nat) (p q : list Z) : list (list Z) :=
  match fuel, q with O, _ | _, [] => [p] | S f, _ => p :: sturm f q (map Z.opp (primitive_part (rest (length p) p q))) end.
Fixpoint slope_ (k : Z) (f : list Z) : list Z := match f with t :: f' => (k * t)%Z :: slope_ (k + 1) f' | [] => [] end.
Definition chain (f : list Z) : list (list Z) := sturm (length f) (rev f) (primitive_part (rev (slope_ 1 (tl f)))).
Fixpoint turns (l : list Z) : Z := match l with a :: (b :: _) as l' => ((if (a * b <? 0)%Z then 1 else 0) + turns l')%Z | _ => 0%Z end.
Definition signs_at (c : list (list Z)) (x : Q) : list Z := filter (fun s => negb (s =? 0)%Z) (map (fun p => Z.sgn (fst (horner (rev p) (Qnum x) (Zpos (Qden x))))) c).
Definition one_root (f : list Z) (lo hi : Q) : bool :=
  let c := chain f in (length (last c []) =? 1)%nat && (turns (signs_at c lo) - turns (signs_at c hi) =? 1)%Z.
Definition root_at (f : list Z) (p q : Z) : bool := (fst (horner f p q) =? 0)%Z.
Definition irrational (f : list Z) (J : Q * Q) : bool :=
  let (a, b) := J in let m := (- (- (Qnum a * lead f) / Zpos (Qden a)))%Z in
  negb (root_at f m (lead f)) && negb (root_at f (Qnum a * Zpos (Qden b) + Qnum b * Zpos (Qden a)) (2 * (Zpos (Qden a) * Zpos (Qden b)))).
(** f is a field's, and this test holds on the intervals around its root *)
Definition check_over (f : list Z) (lo hi : Q) (test : K -> list (Q * Q) -> bool) : bool :=
  let ivs := intervals f lo hi in
  let J := last ivs (lo, hi) in
  (0 <? lead f)%Z && (fold_right Z.gcd 0 f =? 1)%Z && (3 <=? length f)%nat && (Z.of_nat (length f) <=? 257)%Z &&
  negb (Qeq_bool lo hi) && one_root f lo hi && irrational f J && changes f lo hi && changes f (fst J) (snd J) && inside_ J (lo, hi) && forallb (inside_ J) ivs &&
  test (monic f) ivs.
Definition check_field f lo hi (C : cert K) : bool := check_over f lo hi (fun l ivs => checkNF l ivs C).
Definition check_walk_field f lo hi (C : walk K) : bool := check_over f lo hi (fun l ivs => check_walkNF l ivs C).
Definition check_separation_field f lo hi (C : separation K) : bool := check_over f lo hi (fun l ivs => check_separationNF l ivs C).

Open Scope R_scope.
Fixpoint value (f : list Z) (t : R) : R := match f with [] => 0 | z :: f' => IZR z + t * value f' t end.
Lemma at_ok f t : Q2R (at_ f t) = value f (Q2R t).
Proof. induction f as [|z f IH]; simpl; [unfold Q2R; simpl; lra|]. unfold at_ in *. simpl. rewrite q_add, q_mul, IH. f_equal. unfold Q2R. simpl. field. Qed.
Lemma value_cont f : continuity (value f).
Proof.
  induction f as [|z f IH]; intros x; simpl. apply continuity_pt_const. intros u v; auto.
  apply (continuity_pt_plus (fun _ => IZR z) (fun t => t * value f t)). apply continuity_pt_const. intros u v; auto.
  apply (continuity_pt_mult (fun t => t) (value f)); auto. apply derivable_continuous_pt, derivable_pt_id.
Qed.
Lemma changes_root f lo hi : changes f lo hi = true -> exists alpha, Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0.
Proof.
  unfold changes. intros H. pose proof (q_sgn (qmul (at_ f lo) (at_ f hi))) as S. destruct (qsgn _) as [[]|]; try discriminate.
  apply Qle_bool_iff, Qle_Rle in H. rewrite q_mul, !at_ok in S.
  destruct (IVT_cor (value f) (Q2R lo) (Q2R hi) (value_cont f) H (Rlt_le _ _ S)) as (al & A & Z). exists al; auto.
Qed.
Lemma monic_ok f alpha : (0 < lead f)%Z -> value f alpha = 0 -> alpha ^ (length (monic f)) = ev alpha (monic f).
Proof.
  intros L V. assert (Nf : f <> []) by (intros ->; unfold lead in L; simpl in L; lia).
  assert (L' : 0 < IZR (lead f)) by (apply (IZR_lt 0); auto).
  assert (G : forall g, value (g ++ [lead f]) alpha = value g alpha + alpha ^ length g * IZR (lead f)) by (induction g as [|z g IH]; simpl; [ring|rewrite IH; ring]).
  assert (E : forall g, ev alpha (map (fun z => Qred (Qmake (- z) (Z.to_pos (lead f)))) g) = - value g alpha / IZR (lead f)).
  { induction g as [|z g IH]; cbn [map ev value]; [field; lra|]. rewrite IH, (Qeq_eqR _ _ (Qred_correct _)). unfold Q2R. cbn [Qnum Qden]. rewrite opp_IZR, Z2Pos.id by auto. field; lra. }
  unfold monic. rewrite map_length, E. assert (F : f = removelast f ++ [lead f]) by (apply app_removelast_last; auto). rewrite F, G in V at 1.
  apply Rmult_eq_reg_r with (IZR (lead f)); [|lra]. field_simplify; lra.
Qed.
Lemma inside_ok J I alpha : inside_ J I = true -> Q2R (fst J) <= alpha <= Q2R (snd J) -> Q2R (fst I) <= alpha <= Q2R (snd I).
Proof. unfold inside_. intros H. apply andb_prop in H. destruct H as [A B]. apply Qle_bool_iff, Qle_Rle in A. apply Qle_bool_iff, Qle_Rle in B. lra. Qed.
Lemma over_ok f lo hi test : check_over f lo hi test = true -> exists alpha, (Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0) /\
  test (monic f) (intervals f lo hi) = true /\ Forall (around alpha) (intervals f lo hi) /\ alpha ^ deg (monic f) = ev alpha (monic f).
Proof.
  unfold check_over. set (ivs := intervals f lo hi). set (J := last ivs (lo, hi)). rewrite !andb_true_iff.
  intros [[[[[[[[[[[L _] _] _] _] _] _] _] Ch] I0] Iv] H]. destruct (changes_root _ _ _ Ch) as (al & A & Z). exists al. split; [split; auto; apply (inside_ok J (lo, hi)); auto|].
  apply Z.ltb_lt in L. split; auto. split; [|apply monic_ok; auto]. apply Forall_forall. intros I HI. rewrite forallb_forall in Iv. apply (inside_ok J); auto.
Qed.
Theorem staircase_correct_NF f lo hi C : check_field f lo hi C = true ->
  exists alpha, (Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0) /\ claims_hold K (ev alpha) C.
Proof. intros H. destruct (over_ok _ _ _ _ H) as (al & A & T & B & E). exists al. split; auto. apply (staircase_correct_at (monic f) (intervals f lo hi)); auto. Qed.
Theorem walk_correct_NF f lo hi C : check_walk_field f lo hi C = true ->
  exists alpha, (Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0) /\ walk_holds K (ev alpha) C.
Proof. intros H. destruct (over_ok _ _ _ _ H) as (al & A & T & B & E). exists al. split; auto. apply (walk_correct_at (monic f) (intervals f lo hi)); auto. Qed.
Theorem separation_correct_NF f lo hi C : check_separation_field f lo hi C = true ->
  exists alpha, (Q2R lo <= alpha <= Q2R hi /\ value f alpha = 0) /\ separation_holds K (ev alpha) C.
Proof. intros H. destruct (over_ok _ _ _ _ H) as (al & A & T & B & E). exists al. split; auto. apply (separation_correct_at (monic f) (intervals f lo hi)); auto. Qed.
