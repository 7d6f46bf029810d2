(* Scalars in a number field Q(alpha): coordinates in the powers of alpha, modulo f; signs on ONE interval that brackets alpha. *)
From Coq Require Import List ZArith QArith Qreduction Reals Qreals Lra Lia Bool.
From Cert Require Import Checker Staircase Rational.
Import ListNotations.
Definition K := list Q.
Fixpoint nadd (x y : K) : K := match x, y with [], _ => y | _, [] => x | a :: x', b :: y' => qadd a b :: nadd x' y' end.
Definition nscale (a : Q) (y : K) : K := map (qmul a) y.
Definition nopp (x : K) : K := map Qopp x.
Section F.
Variables (last : K) (lo hi : Q).        (* alpha^d = sum last_i alpha^i ; lo < alpha < hi *)
Definition deg := length last.
Definition reduce (q : K) : K := if (length q =? S deg)%nat then nadd (firstn deg q) (nscale (nth deg q 0) last) else q.
Fixpoint nmul (x y : K) : K := match x with [] => [] | a :: x' => nadd (nscale a y) (reduce (0 :: nmul x' y)) end.
Definition mn (x y : Q) := if Qle_bool x y then x else y.
Definition mx (x y : Q) := if Qle_bool x y then y else x.
Fixpoint ieval (p : K) : Q * Q :=
  match p with [] => (0, 0)
  | a :: p' => let (l, h) := ieval p' in
      let '(p1, p2, p3, p4) := (qmul l lo, qmul l hi, qmul h lo, qmul h hi) in
      (qadd a (mn (mn p1 p2) (mn p3 p4)), qadd a (mx (mx p1 p2) (mx p3 p4))) end.
Definition nsgn (x : K) : option comparison :=
  if forallb (fun a => Z.eqb (Qnum a) 0) x then Some Eq else
  let (l, h) := ieval x in if (0 <? Qnum l)%Z then Some Gt else if (Qnum h <? 0)%Z then Some Lt else None.
Definition checkNF : cert K -> bool := check K [] nadd nmul nopp nsgn.

Open Scope R_scope.
Variable alpha : R.
Hypothesis Ha : Q2R lo <= alpha <= Q2R hi.
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
Lemma corner a l h v M : Q2R lo <= a <= Q2R hi -> l <= v <= h -> l * Q2R lo <= M -> l * Q2R hi <= M -> h * Q2R lo <= M -> h * Q2R hi <= M -> a * v <= M.
Proof.
  intros A V m1 m2 m3 m4. assert (B1 : Q2R lo * v <= M). { destruct (Rle_lt_dec 0 (Q2R lo)); [assert (Q2R lo * v <= Q2R lo * h) by (apply Rmult_le_compat_l; lra); lra|]. assert (- Q2R lo * l <= - Q2R lo * v) by (apply Rmult_le_compat_l; lra). lra. }
  assert (B2 : Q2R hi * v <= M). { destruct (Rle_lt_dec 0 (Q2R hi)); [assert (Q2R hi * v <= Q2R hi * h) by (apply Rmult_le_compat_l; lra); lra|]. assert (- Q2R hi * l <= - Q2R hi * v) by (apply Rmult_le_compat_l; lra). lra. }
  destruct (Rle_lt_dec 0 v); [assert (v * a <= v * Q2R hi) by (apply Rmult_le_compat_l; lra); lra|]. assert (- v * Q2R lo <= - v * a) by (apply Rmult_le_compat_l; lra). lra.
Qed.
Lemma ieval_ok : forall p, Q2R (fst (ieval p)) <= ev p <= Q2R (snd (ieval p)).
Proof.
  induction p as [|a p IH]; cbn [ieval ev]; [unfold Q2R; simpl; lra|]. destruct (ieval p) as [l h]. cbn [fst snd] in *. rewrite !q_add.
  set (p1 := qmul l lo). set (p2 := qmul l hi). set (p3 := qmul h lo). set (p4 := qmul h hi).
  assert (E1 : Q2R p1 = Q2R l * Q2R lo) by apply q_mul. assert (E2 : Q2R p2 = Q2R l * Q2R hi) by apply q_mul. assert (E3 : Q2R p3 = Q2R h * Q2R lo) by apply q_mul. assert (E4 : Q2R p4 = Q2R h * Q2R hi) by apply q_mul.
  pose proof (mn_l p1 p2). pose proof (mn_r p1 p2). pose proof (mn_l p3 p4). pose proof (mn_r p3 p4). pose proof (mn_l (mn p1 p2) (mn p3 p4)). pose proof (mn_r (mn p1 p2) (mn p3 p4)).
  pose proof (mx_l p1 p2). pose proof (mx_r p1 p2). pose proof (mx_l p3 p4). pose proof (mx_r p3 p4). pose proof (mx_l (mx p1 p2) (mx p3 p4)). pose proof (mx_r (mx p1 p2) (mx p3 p4)).
  assert (U : alpha * ev p <= Q2R (mx (mx p1 p2) (mx p3 p4))) by (apply (corner alpha (Q2R l) (Q2R h)); auto; lra).
  assert (L : alpha * - ev p <= - Q2R (mn (mn p1 p2) (mn p3 p4))) by (apply (corner alpha (- Q2R h) (- Q2R l)); auto; lra).
  lra.
Qed.
Lemma nsgn_ok x : match nsgn x with Some Lt => ev x < 0 | Some Eq => ev x = 0 | Some Gt => 0 < ev x | None => True end.
Proof.
  unfold nsgn. destruct (forallb _ x) eqn:E.
  - induction x as [|a x IH]; simpl in *; auto. apply andb_prop in E. destruct E as [A B]. rewrite (num0 a A), IH; auto. ring.
  - pose proof (ieval_ok x) as I. destruct (ieval x) as [l h]. cbn [fst snd] in I. destruct (Z.ltb_spec 0 (Qnum l)) as [A|A].
    + pose proof (q_sgn l) as S. unfold qsgn in S. apply Z.compare_gt_iff in A. rewrite A in S. lra.
    + destruct (Z.ltb_spec (Qnum h) 0) as [B|B]; auto. pose proof (q_sgn h) as S. unfold qsgn in S. apply Z.compare_lt_iff in B. rewrite B in S. lra.
Qed.
Theorem staircase_correct_at C : checkNF C = true -> claims_hold K [] nsgn ev C.
Proof. apply staircase_correct; auto. apply ev_add. apply ev_mul. apply ev_opp. apply nsgn_ok. Qed.
End F.
(** f of degree d with leading coefficient 1, by its other coefficients: f = t^d - sum last_i t^i; a sign change gives the root. *)
Definition feval (last : K) (t : Q) : Q := fold_right (fun a r => qadd a (qmul t r)) 0%Q (map Qopp last ++ [1%Q]).
Open Scope R_scope.
Lemma feval_ok last t : Q2R (feval last t) = (Q2R t) ^ length last - ev (Q2R t) last.
Proof.
  unfold feval. induction last as [|a l IH]; simpl. rewrite q_add, q_mul. unfold Q2R; simpl. lra. rewrite q_add, q_mul, IH, Q2R_opp. ring.
Qed.
Lemma ev_cont last : forall x, continuity_pt (fun t => ev t last) x.
Proof.
  induction last as [|a l IH]; intros x; simpl. apply continuity_pt_const. intros u v; auto.
  apply (continuity_pt_plus (fun _ => Q2R a) (fun t => t * ev t l)). apply continuity_pt_const. intros u v; auto.
  apply (continuity_pt_mult (fun t => t) (fun t => ev t l)); auto. apply derivable_continuous_pt, derivable_pt_id.
Qed.
Lemma pow_cont n : forall x, continuity_pt (fun t => t ^ n) x.
Proof. intros x. apply derivable_continuous_pt, derivable_pt_pow. Qed.
Theorem staircase_correct_NF last lo hi C : (Qlt lo hi) -> qsgn (qmul (feval last lo) (feval last hi)) = Some Lt ->
  checkNF last lo hi C = true -> exists alpha, Q2R lo <= alpha <= Q2R hi /\ alpha ^ length last = ev alpha last /\ claims_hold K [] (nsgn lo hi) (ev alpha) C.
Proof.
  intros L S H. pose proof (q_sgn (qmul (feval last lo) (feval last hi))) as Q. rewrite S in Q. rewrite q_mul, !feval_ok in Q.
  set (g := fun t => t ^ length last - ev t last). fold (g (Q2R lo)) in Q. fold (g (Q2R hi)) in Q.
  assert (Cg : continuity g) by (intros x; apply (continuity_pt_minus (fun t => t ^ length last) (fun t => ev t last)); [apply pow_cont|apply ev_cont]).
  destruct (IVT_cor g (Q2R lo) (Q2R hi) Cg (Rlt_le _ _ (Qlt_Rlt _ _ L)) (Rlt_le _ _ Q)) as (al & A & Z). unfold g in Z.
  exists al. split; auto. split; [lra|]. apply (staircase_correct_at last); auto. unfold deg. lra.
Qed.
