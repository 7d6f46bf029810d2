(* The rank of the features and the dimension of P, from a basis and the functionals dual to it. *)
From Coq Require Import List ZArith Bool Arith Reals Lra Lia Permutation.
From Cert Require Import Statement Polytope Networks Slots.
Import ListNotations.
Open Scope R_scope.

(** * Statement *)
Definition independent (B : list (list R)) := forall c, length c = length B -> (forall i, comb B c i = 0) -> Forall (fun x => x = 0) c.
Definition spans (B F : list (list R)) := forall f, In f F -> exists c, length c = length B /\ forall i, comb B c i = nth i f 0.
(** r of the vectors F are independent and span them all *)
Definition rank (F : list (list R)) (r : nat) := exists B, length B = r /\ incl B F /\ independent B /\ spans B F.
Fixpoint shift (x d : list R) : list R := match x, d with a :: x', b :: d' => (a + b) :: shift x' d' | _, _ => [] end.
(** r of the vectors with weight > 0 somewhere on P are independent and span them all *)
Definition used_rank (F : list (list R)) (b : list R) (r : nat) :=
  forall L, (forall f, In f L <-> exists a c, nth_error F a = Some f /\ feas F b c /\ 0 < nth a c 0) -> rank L r.
(** k + 1 affinely independent points, and all others in their affine hull *)
Definition affine_dimension (so : list R -> Prop) (k : nat) := exists x D, so x /\ length D = k /\ independent D /\
  (forall d, In d D -> so (shift x d)) /\ forall z, so z -> exists c, length c = k /\ forall i, nth i z 0 = nth i x 0 + comb D c i.

(** * Sums over indices *)
Fixpoint sum (f : nat -> R) (l : list nat) : R := match l with [] => 0 | a :: l' => f a + sum f l' end.
Lemma sum_app f l l' : sum f (l ++ l') = sum f l + sum f l'.
Proof. induction l; simpl; lra. Qed.
Lemma sum_perm f l l' : Permutation l l' -> sum f l = sum f l'.
Proof. induction 1; simpl; lra. Qed.
Lemma sum_ext f g l : (forall a, In a l -> f a = g a) -> sum f l = sum g l.
Proof. induction l; simpl; intros E; auto. rewrite E, IHl; auto. Qed.
Lemma sum_0 f l : (forall a, In a l -> f a = 0) -> sum f l = 0.
Proof. induction l; simpl; intros E; auto. rewrite E, IHl; auto; lra. Qed.
Lemma sum_map f g l : sum f (map g l) = sum (fun a => f (g a)) l.
Proof. induction l; simpl; auto. rewrite IHl; auto. Qed.
Lemma sum_plus f g l : sum (fun a => f a + g a) l = sum f l + sum g l.
Proof. induction l; simpl; lra. Qed.
Lemma sum_scal k f l : sum (fun a => k * f a) l = k * sum f l.
Proof. induction l; simpl; lra. Qed.
Lemma sum_swap (f : nat -> nat -> R) l l' : sum (fun a => sum (f a) l') l = sum (fun b => sum (fun a => f a b) l) l'.
Proof. induction l as [|a l IH]; simpl; [symmetry; apply sum_0; auto|]. rewrite IH. rewrite sum_plus. auto. Qed.
Lemma sum_filter p f l : (forall a, In a l -> p a = false -> f a = 0) -> sum f l = sum f (filter p l).
Proof. induction l as [|a l IH]; simpl; intros E; auto. rewrite IH by auto. destruct (p a) eqn:Q; simpl; auto. rewrite E; auto; lra. Qed.
Lemma sum_one f l a : NoDup l -> In a l -> (forall b, In b l -> b <> a -> f b = 0) -> sum f l = f a.
Proof.
  induction 1 as [|b l N ND IH]; simpl; intros I E; [tauto|]. destruct I as [->|I].
  - rewrite (sum_0 f l); [lra|]. intros b J. apply E; auto. intros ->; auto.
  - rewrite IH, (E b); auto; [lra|]. intros ->; auto.
Qed.
Lemma comb_sum i : forall cs c, length c = length cs -> comb cs c i = sum (fun a => nth i (nth a cs []) 0 * nth a c 0) (seq 0 (length cs)).
Proof.
  induction cs as [|a cs IH]; intros [|x c] L; simpl in *; try discriminate; auto. rewrite IH by lia. rewrite <- seq_shift, sum_map. auto.
Qed.
Lemma wsum_sum : forall ws c, length c = length ws -> wsum ws c = sum (fun a => nth a ws 0 * nth a c 0) (seq 0 (length ws)).
Proof.
  induction ws as [|a ws IH]; intros [|x c] L; simpl in *; try discriminate; auto. rewrite IH by lia. rewrite <- seq_shift, sum_map. auto.
Qed.
Lemma shift_len : forall x d, length x = length d -> length (shift x d) = length x.
Proof. induction x; intros [|b d] L; simpl in *; try discriminate; auto. Qed.
Lemma shift_nth : forall x d i, length x = length d -> nth i (shift x d) 0 = nth i x 0 + nth i d 0.
Proof. induction x; intros [|b d] [|i] L; simpl in *; try discriminate; auto; lra. Qed.
(** a common step into finitely many directions that vanish where x does *)
Lemma step_into x : Forall (fun t => 0 <= t) x -> forall Ds, (forall d, In d Ds -> length d = length x /\ forall i, nth i d 0 <> 0 -> 0 < nth i x 0) ->
  exists e, 0 < e /\ forall e', 0 < e' <= e -> forall d, In d Ds -> Forall (fun t => 0 <= t) (shift x (map (Rmult e') d)).
Proof.
  intros Px. induction Ds as [|d Ds IH]; intros H; [exists 1; split; [lra|intros e' _ d []]|].
  destruct IH as (e & He & K); [intros; apply H; simpl; auto|]. destruct (H d (or_introl eq_refl)) as [L Z].
  assert (exists e2, 0 < e2 /\ forall e', 0 < e' <= e2 -> Forall (fun t => 0 <= t) (shift x (map (Rmult e') d))) as (e2 & He2 & K2).
  { clear -Px L Z. revert d L Z. induction Px as [|a x A Px IH]; intros [|b d] L Z; simpl in *; try discriminate.
    - exists 1. split; [lra|]. constructor.
    - destruct (IH d ltac:(lia) (fun i => Z (S i))) as (e & He & K). pose proof (Z O) as Z0. simpl in Z0.
      destruct (Rle_lt_dec 0 b) as [B|B].
      + exists e. split; auto. intros e' E. constructor; auto. assert (0 <= e' * b) by (apply Rmult_le_pos; lra). lra.
      + assert (Q : 0 < a) by (apply Z0; lra). exists (Rmin e (a / - b)). assert (0 < a / - b) by (apply Rdiv_lt_0_compat; lra). split; [apply Rmin_glb_lt; auto|].
        intros e' [E1 E2]. pose proof (Rmin_l e (a / - b)). pose proof (Rmin_r e (a / - b)). constructor; [|apply K; lra].
        assert (E3 : e' * - b <= a / - b * - b) by (apply Rmult_le_compat_r; lra). replace (a / - b * - b) with a in E3 by (field; lra). lra. }
  exists (Rmin e e2). split; [apply Rmin_glb_lt; auto|]. intros e' [E1 E2] d' [<-|I].
  - apply K2. split; auto. eapply Rle_trans; [apply E2|apply Rmin_r].
  - apply K; auto. split; auto. eapply Rle_trans; [apply E2|apply Rmin_l].
Qed.

Section Rank.
Variables (cols : list (list R)) (b : list R) (V : list vert).
Hypothesis H : ok cols b V.
Hypothesis Hne : V <> [].
Let N := length cols.
Variables (basis : list nat) (used : nat) (ws : list (list R)) (U : list bool).
Let r := length basis.
Let B := map (fun a => nth a cols []) basis.
Definition coef (a j : nat) : R := dot (nth j ws []) (nth a cols []).
Hypothesis Hnd : NoDup basis.
Hypothesis Hin : forall a, In a basis -> (a < N)%nat.
Hypothesis Hws : length ws = r.
Hypothesis Hunit : forall i j, (i < r)%nat -> (j < r)%nat -> coef (nth j basis O) i = if (i =? j)%nat then 1 else 0.
Hypothesis Hspan : forall a, (a < N)%nat -> forall i, comb B (map (fun w => dot w (nth a cols [])) ws) i = nth i (nth a cols []) 0.
Lemma lenB : length B = r.
Proof. unfold B. apply map_length. Qed.
Lemma nthB j : (j < r)%nat -> nth j B [] = nth (nth j basis O) cols [].
Proof. intros L. unfold B. rewrite nth_indep with (d' := nth O cols []) by (rewrite map_length; auto). apply (map_nth (fun a => nth a cols [])). Qed.
Lemma coef_nth a j : nth j (map (fun w => dot w (nth a cols [])) ws) 0 = coef a j.
Proof. unfold coef. replace 0 with (dot [] (nth a cols [])) by auto. apply (map_nth (fun w => dot w (nth a cols []))). Qed.
Lemma basis_independent : independent B.
Proof.
  intros c L E. apply Forall_forall. intros x I. apply (In_nth _ _ 0) in I. destruct I as (i & Li & <-). rewrite L, lenB in Li.
  assert (Q : wsum (map (ldot (nth i ws [])) B) c = 0). { rewrite <- rdot_comb. rewrite (rdot_ext _ _ (fun _ => 0)) by auto. apply rdot_0. }
  rewrite wsum_sum in Q by (rewrite map_length; auto). rewrite map_length, lenB in Q.
  rewrite (sum_one _ _ i) in Q; [|apply seq_NoDup|apply in_seq; lia|].
  - rewrite nth_indep with (d' := ldot (nth i ws []) []) in Q by (rewrite map_length, lenB; auto). rewrite map_nth, ldot_dot, nthB in Q by auto.
    fold (coef (nth i basis O) i) in Q. rewrite Hunit, Nat.eqb_refl in Q by auto. lra.
  - intros j J Nj. apply in_seq in J. rewrite nth_indep with (d' := ldot (nth i ws []) []) by (rewrite map_length, lenB; lia).
    rewrite map_nth, ldot_dot, nthB by lia. fold (coef (nth j basis O) i). rewrite Hunit by lia. destruct (Nat.eqb_spec i j); [congruence|ring].
Qed.
Theorem rank_ok : rank cols r.
Proof.
  exists B. split; [apply lenB|]. split; [|split; [apply basis_independent|]].
  - intros f I. unfold B in I. apply in_map_iff in I. destruct I as (a & <- & I). apply nth_In, Hin; auto.
  - intros f I. apply (In_nth _ _ []) in I. destruct I as (a & La & <-). exists (map (fun w => dot w (nth a cols [])) ws). rewrite map_length, lenB. split; auto.
Qed.

(** ** dimension *)
Hypothesis Hused : (used <= r)%nat.
Hypothesis HU : U = fold_right union (repeat false N) (map smask V).
Hypothesis Hfirst : forall j, (j < used)%nat -> nth (nth j basis O) U false = true.
Hypothesis Hinside : forall a, (a < N)%nat -> nth a U false = true -> forall j, (used <= j < r)%nat -> coef a j = 0.
Let BU := map (fun j => nth j basis O) (seq 0 used).
Definition isU a := nth a U false.
Definition inBU a := existsb (Nat.eqb a) BU.
Definition J := filter (fun a => isU a && negb (inBU a)) (seq 0 N).
Lemma inBU_In a : inBU a = true <-> In a BU.
Proof. unfold inBU. rewrite existsb_exists. split; [intros (x & I & E); apply Nat.eqb_eq in E; subst; auto|intros I; exists a; split; auto; apply Nat.eqb_refl]. Qed.
Lemma BU_In a : In a BU <-> exists j, (j < used)%nat /\ a = nth j basis O.
Proof. unfold BU. rewrite in_map_iff. split; [intros (j & E & I); apply in_seq in I; exists j; split; [lia|auto]|intros (j & L & E); exists j; split; auto; apply in_seq; lia]. Qed.
Lemma basis_inj i j : (i < r)%nat -> (j < r)%nat -> nth i basis O = nth j basis O -> i = j.
Proof. apply NoDup_nth; auto. Qed.
Lemma BU_nodup : NoDup BU.
Proof.
  unfold BU. assert (G : forall l, NoDup l -> (forall j, In j l -> (j < r)%nat) -> NoDup (map (fun j => nth j basis O) l)).
  { induction 1 as [|j l Nj ND IH]; simpl; intros L; constructor; auto. intros I. apply in_map_iff in I. destruct I as (i & E & I). apply basis_inj in E; auto. subst; auto. }
  apply G; [apply seq_NoDup|]. intros j I. apply in_seq in I. lia.
Qed.
Lemma basis_lt j : (j < r)%nat -> (nth j basis O < N)%nat.
Proof. intros L. apply Hin, nth_In. auto. Qed.
Lemma JBU : Permutation (filter isU (seq 0 N)) (J ++ BU).
Proof.
  apply NoDup_Permutation.
  - apply NoDup_filter, seq_NoDup.
  - assert (G : forall l : list nat, NoDup l -> (forall a, In a l -> ~ In a BU) -> NoDup (l ++ BU)).
    { induction 1 as [|a l Na ND IH]; simpl; intros E; [apply BU_nodup|]. constructor; auto. rewrite in_app_iff. intros [I|I]; auto. apply (E a); auto. }
    apply G; [apply NoDup_filter, seq_NoDup|]. intros a I. apply filter_In in I. destruct I as [_ I]. apply andb_prop in I. destruct I as [_ I]. rewrite <- inBU_In. destruct (inBU a); [discriminate|congruence].
  - intros a. rewrite in_app_iff. unfold J. rewrite !filter_In, andb_true_iff. split.
    + intros [I Ua]. destruct (inBU a) eqn:E; [right; apply inBU_In; auto|left; auto].
    + intros [(I & Ua & _)|I]; [auto|]. apply BU_In in I. destruct I as (j & L & ->). split; [apply in_seq; pose proof (basis_lt j); lia|apply Hfirst; auto].
Qed.
Lemma mask_len v : In v V -> length (smask v) = N.
Proof. intros I. destruct (ok_v _ _ _ H v I) as ((A & _) & P & _). unfold N. rewrite <- A. eapply F2_len; eauto. Qed.
Lemma union_len : forall s t, length s = length t -> length (union s t) = length s.
Proof. induction s; intros [|z t] L; simpl in *; try discriminate; auto. Qed.
Lemma unions : forall l, incl l V -> let M := fold_right union (repeat false N) (map smask l) in
  length M = N /\ forall a, nth a M false = existsb (fun v => nth a (smask v) false) l.
Proof.
  induction l as [|v l IH]; simpl; intros I.
  - split; [apply repeat_length|]. intros a. apply nth_repeat.
  - destruct IH as [L E]; [intros u J; apply I; simpl; auto|]. pose proof (mask_len v (I v ltac:(simpl; auto))) as Lv. split.
    + rewrite union_len; congruence.
    + intros a. rewrite union_nth by congruence. rewrite E. auto.
Qed.
Lemma U_len : length U = N.
Proof. rewrite HU. apply unions, incl_refl. Qed.
Lemma isU_ex a : isU a = existsb (fun v => nth a (smask v) false) V.
Proof. unfold isU. rewrite HU. apply unions, incl_refl. Qed.
Lemma cntU : cnt U = (length J + used)%nat.
Proof.
  assert (E : cnt U = length (filter isU (seq 0 N))).
  { rewrite <- U_len. unfold isU. generalize U. clear. induction U as [|x s IH]; simpl; auto. rewrite <- seq_shift.
    assert (G : forall l, length (filter (fun a => nth a (x :: s) false) (map S l)) = length (filter (fun a => nth a s false) l)) by (induction l as [|a l IHl]; simpl; auto; destruct (nth a s false); simpl; auto).
    rewrite IH. destruct x; simpl; rewrite G; auto. }
  rewrite E, (Permutation_length JBU), app_length. unfold BU. rewrite map_length, seq_length. auto.
Qed.
Lemma poss_union : forall s t x, poss s x -> poss t x -> poss (union s t) x.
Proof.
  induction s as [|a s IH]; intros t x P Q; inversion P as [|a0 x0 s0 x' P1 P2]; subst; inversion Q as [|c0 y0 t0 y' Q1 Q2]; subst; simpl; constructor.
  - intros E. apply orb_prop in E. destruct E; auto.
  - apply IH; auto.
Qed.
Lemma inside_point : exists x, feas cols b x /\ poss U x.
Proof.
  rewrite HU. assert (G : forall l, l <> [] -> (forall v, In v l -> In v V) -> exists x, feas cols b x /\ poss (fold_right union (repeat false N) (map smask l)) x); [|apply G; auto].
  assert (P0 : forall x, length x = N -> poss (repeat false N) x) by (intros x L; apply F2_repeat; auto; discriminate).
  induction l as [|v l IH]; [tauto|]. intros _ I. destruct (ok_v _ _ _ H v ltac:(simpl in I; auto)) as (Fv & Pv & _). destruct l as [|v2 l].
  - exists (vr v). split; auto. simpl. apply poss_union; auto. apply P0. unfold N. apply Fv.
  - destruct IH as (x & Fx & Px); [discriminate|intros; apply I; simpl; auto|]. assert (L : length (vr v) = length x) by (destruct Fv, Fx; congruence).
    exists (lerp (1 / 2) (vr v) x). split; [apply feas_lerp; auto; apply lerp_nonneg; [lra|apply Fv|apply Fx]|].
    change (fold_right union (repeat false N) (map smask (v :: v2 :: l))) with (union (smask v) (fold_right union (repeat false N) (map smask (v2 :: l)))).
    apply poss_union; [apply poss_mid_l; auto; apply Fx|apply poss_mid_r; auto; apply Fv].
Qed.
Lemma outside_0 z : feas cols b z -> forall a, isU a = false -> nth a z 0 = 0.
Proof.
  intros F a Ua. apply (conv_ok cols b V H) in F. induction F as [x I|x y t Hx IHx Hy IHy Ht].
  - apply in_map_iff in I. destruct I as (v & <- & I). destruct (ok_v _ _ _ H v I) as (_ & _ & S). apply (supin_nth _ _ S).
    rewrite isU_ex in Ua. destruct (nth a (smask v) false) eqn:E; auto. rewrite <- Ua. symmetry. apply existsb_exists. exists v; auto.
  - assert (L : length x = length y) by (apply (conv_ok cols b V H) in Hx; apply (conv_ok cols b V H) in Hy; destruct Hx, Hy; congruence).
    rewrite nth_lerp, IHx, IHy by auto. ring.
Qed.
Theorem used_rank_ok : used_rank cols b used.
Proof.
  intros L HL. set (B' := map (fun a => nth a cols []) BU). assert (LB' : length B' = used) by (unfold B', BU; rewrite !map_length, seq_length; auto).
  assert (NB' : forall j, (j < used)%nat -> nth j B' [] = nth j B []).
  { intros j Lj. rewrite nthB by lia. unfold B', BU. rewrite map_map. rewrite nth_indep with (d' := nth (nth O basis O) cols []) by (rewrite map_length, seq_length; auto).
    rewrite (map_nth (fun j => nth (nth j basis O) cols [])), seq_nth; auto. }
  assert (E : seq 0 r = seq 0 used ++ seq used (r - used)) by (rewrite <- seq_app; f_equal; lia).
  exists B'. split; auto. split; [|split].
  - intros f I. unfold B' in I. apply in_map_iff in I. destruct I as (a & <- & I). apply BU_In in I. destruct I as (j & Lj & ->). apply HL.
    destruct inside_point as (x & Fx & Px). exists (nth j basis O), x. split; [apply nth_error_nth', basis_lt; lia|]. split; auto.
    destruct (Rle_lt_or_eq_dec 0 _ (nth_nonneg (nth j basis O) x ltac:(apply Fx))) as [G|G]; auto. exfalso. symmetry in G. apply (nth_poss _ U x Px) in G. rewrite Hfirst in G by auto. discriminate.
  - intros c Lc Z. assert (I : independent B) by apply basis_independent. assert (LE : length (c ++ repeat 0 (r - used)) = length B) by (rewrite app_length, repeat_length, lenB; lia).
    assert (Fo : Forall (fun x => x = 0) (c ++ repeat 0 (r - used))); [|apply Forall_app in Fo; apply Fo]. apply I; auto. intros i. rewrite comb_sum by auto. rewrite lenB, E, sum_app.
    rewrite (sum_0 _ (seq used _)).
    2:{ intros j K. apply in_seq in K. rewrite app_nth2, nth_repeat by lia. ring. }
    rewrite Rplus_0_r. transitivity (comb B' c i); [|apply Z]. rewrite comb_sum, LB' by auto. apply sum_ext. intros j K. apply in_seq in K. rewrite NB', app_nth1 by lia. auto.
  - intros f I. apply HL in I. destruct I as (a & c & Ea & Fc & Pc). assert (La : (a < N)%nat) by (apply nth_error_Some; congruence).
    assert (Ua : isU a = true) by (destruct (isU a) eqn:U0; auto; apply (outside_0 c Fc) in U0; lra). exists (map (coef a) (seq 0 used)). split; [rewrite map_length, seq_length; auto|]. intros i.
    apply nth_error_nth with (d := []) in Ea. rewrite <- Ea, <- (Hspan a La i), !comb_sum by (rewrite ?map_length, ?seq_length, ?lenB; auto). rewrite lenB, LB', E, sum_app. rewrite (sum_0 _ (seq used _)).
    2:{ intros j K. apply in_seq in K. rewrite coef_nth, (Hinside a La Ua) by lia. ring. }
    rewrite Rplus_0_r. apply sum_ext. intros j K. apply in_seq in K. rewrite NB', coef_nth by lia. f_equal. rewrite nth_indep with (d' := coef a O) by (rewrite map_length, seq_length; lia). rewrite (map_nth (coef a)), seq_nth by lia. auto.
Qed.
(** the direction of atom a: one of it, less what the basis says of its feature *)
Definition entry_ a k : R := (if (k =? a)%nat then 1 else 0) - sum (fun j => if (k =? nth j basis O)%nat then coef a j else 0) (seq 0 used).
Definition direction a : list R := map (entry_ a) (seq 0 N).
Lemma direction_len a : length (direction a) = N.
Proof. unfold direction. rewrite map_length, seq_length. auto. Qed.
Lemma direction_nth a k : (k < N)%nat -> nth k (direction a) 0 = entry_ a k.
Proof. intros L. unfold direction. rewrite nth_indep with (d' := entry_ a O) by (rewrite map_length, seq_length; auto). rewrite map_nth, seq_nth; auto. Qed.
Lemma J_In a : In a J <-> (a < N)%nat /\ isU a = true /\ ~ In a BU.
Proof.
  unfold J. rewrite filter_In, andb_true_iff, in_seq, negb_true_iff. rewrite <- inBU_In. split; [intros (A & B1 & C)|intros (A & B1 & C)]; repeat split; auto; try lia; [congruence|destruct (inBU a); tauto].
Qed.
Lemma entry_J a k : ~ In k BU -> entry_ a k = if (k =? a)%nat then 1 else 0.
Proof.
  intros Nk. unfold entry_. rewrite sum_0; [ring|]. intros j I. apply in_seq in I. destruct (Nat.eqb_spec k (nth j basis O)) as [E|E]; auto.
  exfalso. apply Nk, BU_In. exists j. split; [lia|auto].
Qed.
Lemma entry_B a i : In a J -> (i < used)%nat -> entry_ a (nth i basis O) = - coef a i.
Proof.
  intros I L. apply J_In in I. destruct I as (_ & _ & Na). unfold entry_. destruct (Nat.eqb_spec (nth i basis O) a) as [E|E]; [exfalso; apply Na, BU_In; exists i; auto|].
  rewrite (sum_one _ _ i); [rewrite Nat.eqb_refl; ring|apply seq_NoDup|apply in_seq; lia|].
  intros j K Nj. apply in_seq in K. destruct (Nat.eqb_spec (nth i basis O) (nth j basis O)) as [E2|E2]; auto. exfalso. apply Nj. symmetry. apply basis_inj; auto; lia.
Qed.
Lemma direction_null a : In a J -> forall i, comb cols (direction a) i = 0.
Proof.
  intros I i. assert (LN : length cols = N) by auto. apply J_In in I. destruct I as (La & Ua & _). rewrite comb_sum by (rewrite direction_len; auto). fold N.
  rewrite (sum_ext _ (fun k => nth i (nth k cols []) 0 * (if (k =? a)%nat then 1 else 0) + -1 * sum (fun j => nth i (nth k cols []) 0 * if (k =? nth j basis O)%nat then coef a j else 0) (seq 0 used))).
  2:{ intros k K. apply in_seq in K. rewrite direction_nth by lia. unfold entry_. rewrite sum_scal. ring. }
  rewrite sum_plus, sum_scal, sum_swap, (sum_one _ _ a); [|apply seq_NoDup|apply in_seq; lia|intros k _ Nk; destruct (Nat.eqb_spec k a); [tauto|ring]].
  rewrite Nat.eqb_refl, <- (Hspan a La i), comb_sum by (rewrite map_length, lenB; auto). rewrite lenB.
  assert (E : seq 0 r = seq 0 used ++ seq used (r - used)) by (rewrite <- seq_app; f_equal; lia). rewrite E, sum_app.
  rewrite (sum_0 _ (seq used (r - used))).
  2:{ intros j K. apply in_seq in K. rewrite coef_nth, (Hinside a La Ua) by lia. ring. }
  rewrite (sum_ext _ (fun j => nth i (nth j B []) 0 * coef a j) (seq 0 used)) by (intros j _; rewrite coef_nth; auto).
  assert (Q : sum (fun j => nth i (nth j B []) 0 * coef a j) (seq 0 used) = sum (fun j => sum (fun k => nth i (nth k cols []) 0 * (if (k =? nth j basis O)%nat then coef a j else 0)) (seq 0 N)) (seq 0 used)); [|rewrite Q; lra].
  apply sum_ext. intros j K. apply in_seq in K. rewrite (sum_one _ _ (nth j basis O)).
  - rewrite Nat.eqb_refl, nthB by lia. auto.
  - apply seq_NoDup.
  - apply in_seq. pose proof (basis_lt j). lia.
  - intros k _ Nk. destruct (Nat.eqb_spec k (nth j basis O)); [tauto|ring].
Qed.
Lemma comb_shift i x d : length x = length d -> length x = N -> comb cols (shift x d) i = comb cols x i + comb cols d i.
Proof.
  intros L L2. assert (LN : length cols = N) by auto. assert (length (shift x d) = length x) by (apply shift_len; auto). rewrite !comb_sum by congruence. rewrite <- sum_plus. apply sum_ext. intros a _. rewrite shift_nth by auto. ring.
Qed.
Lemma comb_scale i e d : length d = N -> comb cols (map (Rmult e) d) i = e * comb cols d i.
Proof.
  intros L. assert (LN : length cols = N) by auto. rewrite !comb_sum by (rewrite ?map_length; congruence). rewrite <- sum_scal. apply sum_ext. intros a _.
  replace 0 with (e * 0) at 2 by ring. rewrite map_nth. ring.
Qed.
Theorem dimension_ok : affine_dimension (feas cols b) (length J).
Proof.
  assert (LN : length cols = N) by auto. destruct inside_point as (x & Fx & Px). assert (Lx : length x = N) by apply Fx.
  destruct (step_into x ltac:(apply Fx) (map direction J)) as (e & He & St).
  { intros d I. apply in_map_iff in I. destruct I as (a & <- & I). rewrite direction_len. split; auto. intros k Nk.
    destruct (Nat.lt_ge_cases k N) as [Lk|Lk]; [|rewrite nth_overflow in Nk by (rewrite direction_len; auto); tauto].
    rewrite direction_nth in Nk by auto. assert (Uk : isU k = true).
    { destruct (in_dec Nat.eq_dec k BU) as [Ik|Ik]; [apply BU_In in Ik; destruct Ik as (j & Lj & ->); apply Hfirst; auto|].
      rewrite entry_J in Nk by auto. destruct (Nat.eqb_spec k a); [subst; apply J_In in I; tauto|tauto]. }
    unfold isU in Uk. pose proof (nth_nonneg k x ltac:(apply Fx)) as G. destruct (Req_dec (nth k x 0) 0) as [Z|Z]; [|lra].
    exfalso. apply (nth_poss k U x Px) in Z. congruence. }
  set (D := map (fun a => map (Rmult e) (direction a)) J). assert (LD : length D = length J) by (unfold D; rewrite map_length; auto).
  assert (Dn : forall i k, (i < length J)%nat -> (k < N)%nat -> nth k (nth i D []) 0 = e * entry_ (nth i J O) k).
  { intros i k Li Lk. unfold D. rewrite nth_indep with (d' := map (Rmult e) (direction O)) by (rewrite map_length; auto).
    rewrite (map_nth (fun a => map (Rmult e) (direction a))). replace 0 with (e * 0) at 1 by ring. rewrite map_nth, direction_nth; auto. }
  assert (NJ : NoDup J) by (apply NoDup_filter, seq_NoDup).
  assert (JJ : forall c i, length c = length J -> (i < length J)%nat -> comb D c (nth i J O) = e * nth i c 0).
  { intros c i L Li. rewrite comb_sum by congruence. rewrite LD. assert (Ii : In (nth i J O) J) by (apply nth_In; auto). apply J_In in Ii. destruct Ii as (Ln & _ & Nb).
    rewrite (sum_one _ _ i); [|apply seq_NoDup|apply in_seq; lia|].
    - rewrite Dn, entry_J, Nat.eqb_refl by auto. ring.
    - intros j K Nj. apply in_seq in K. rewrite Dn, entry_J by (auto; lia). destruct (Nat.eqb_spec (nth i J O) (nth j J O)) as [E|E]; [|ring].
      exfalso. apply Nj. symmetry. apply (proj1 (NoDup_nth J O) NJ); auto; lia. }
  exists x, D. split; auto. split; auto. split; [|split].
  - intros c L E. apply Forall_forall. intros t I. apply (In_nth _ _ 0) in I. destruct I as (i & Li & <-). rewrite L, LD in Li.
    pose proof (JJ c i ltac:(congruence) Li) as Q. rewrite E in Q. symmetry in Q. apply Rmult_integral in Q. destruct Q; [lra|auto].
  - intros d I. unfold D in I. apply in_map_iff in I. destruct I as (a & <- & I). assert (Ld : length x = length (map (Rmult e) (direction a))) by (rewrite map_length, direction_len; auto).
    split; [rewrite shift_len by auto; apply Fx|]. split; [apply (St e); [lra|apply in_map; auto]|].
    intros i. rewrite comb_shift, comb_scale, (direction_null a I) by (auto; rewrite direction_len; auto). replace (comb cols x i) with (nth i b 0) by (symmetry; apply Fx). ring.
  - intros z Fz. assert (Lz : length z = N) by apply Fz. set (c := map (fun a => (nth a z 0 - nth a x 0) / e) J). assert (Lc : length c = length J) by (unfold c; rewrite map_length; auto).
    assert (Cn : forall i, (i < length J)%nat -> nth i c 0 = (nth (nth i J O) z 0 - nth (nth i J O) x 0) / e).
    { intros i Li. unfold c. rewrite nth_indep with (d' := (nth O z 0 - nth O x 0) / e) by (rewrite map_length; auto). apply (map_nth (fun a => (nth a z 0 - nth a x 0) / e)). }
    exists c. split; auto. intros k. destruct (Nat.lt_ge_cases k N) as [Lk|Lk].
    2:{ rewrite (nth_overflow z), (nth_overflow x) by lia. rewrite comb_sum by congruence. rewrite sum_0; [ring|]. intros i K. apply in_seq in K. rewrite LD in K. rewrite (nth_overflow (nth i D [])); [ring|].
        unfold D. rewrite nth_indep with (d' := map (Rmult e) (direction O)) by (rewrite map_length; lia). rewrite (map_nth (fun a => map (Rmult e) (direction a))), map_length, direction_len. auto. }
    destruct (in_dec Nat.eq_dec k J) as [Ik|Ik].
    + apply (In_nth _ _ O) in Ik. destruct Ik as (i & Li & <-). rewrite JJ, Cn by auto. field. lra.
    + rewrite comb_sum by congruence. rewrite LD. destruct (in_dec Nat.eq_dec k BU) as [Bk|Bk].
      * apply BU_In in Bk. destruct Bk as (i & Li & ->). 
        rewrite (sum_ext _ (fun j => (nth (nth j J O) z 0 - nth (nth j J O) x 0) * - coef (nth j J O) i)).
        2:{ intros j K. apply in_seq in K. rewrite Dn, Cn by (auto; lia). rewrite entry_B; [field; lra|apply nth_In; lia|auto]. }
        assert (Z0 : sum (fun a => (nth a z 0 - nth a x 0) * coef a i) (seq 0 N) = 0).
        { assert (Q : forall u, feas cols b u -> sum (fun a => coef a i * nth a u 0) (seq 0 N) = ldot (nth i ws []) b).
          { intros u Fu. rewrite <- (feas_wsum _ _ _ (nth i ws []) Fu), wsum_sum by (rewrite map_length; apply Fu). rewrite map_length. fold N. apply sum_ext. intros a Ka. apply in_seq in Ka.
            rewrite (nth_indep (map (ldot (nth i ws [])) cols) 0 (ldot (nth i ws []) [])) by (rewrite map_length; fold N; lia). rewrite map_nth, ldot_dot. auto. }
          rewrite (sum_ext _ (fun a => coef a i * nth a z 0 + -1 * (coef a i * nth a x 0))) by (intros; ring). rewrite sum_plus, sum_scal, !Q by auto. ring. }
        rewrite (sum_filter isU) in Z0. 2:{ intros a _ Ua. rewrite (outside_0 z Fz a Ua), (outside_0 x Fx a Ua). ring. }
        rewrite (sum_perm _ _ _ JBU), sum_app in Z0. unfold BU in Z0. rewrite sum_map in Z0. rewrite (sum_one _ (seq 0 used) i) in Z0; [|apply seq_NoDup|apply in_seq; lia|].
        2:{ intros j K Nj. apply in_seq in K. rewrite Hunit by lia. destruct (Nat.eqb_spec i j); [congruence|ring]. }
        rewrite Hunit, Nat.eqb_refl in Z0 by lia.
        assert (E : sum (fun a => (nth a z 0 - nth a x 0) * coef a i) J = sum (fun j => (nth (nth j J O) z 0 - nth (nth j J O) x 0) * coef (nth j J O) i) (seq 0 (length J))).
        { rewrite <- (sum_map (fun a => (nth a z 0 - nth a x 0) * coef a i) (fun j => nth j J O)). f_equal. clear. induction J as [|a l IH]; simpl; auto. f_equal. rewrite <- seq_shift, map_map. auto. }
        rewrite E in Z0. rewrite (sum_ext _ (fun j => -1 * ((nth (nth j J O) z 0 - nth (nth j J O) x 0) * coef (nth j J O) i))) by (intros; ring). rewrite sum_scal. lra.
      * assert (Uk : isU k = false). { destruct (isU k) eqn:E; auto. exfalso. apply Ik, J_In. auto. }
        rewrite (outside_0 z Fz k Uk), (outside_0 x Fx k Uk), sum_0; [ring|]. intros j K. apply in_seq in K. rewrite Dn, entry_J by (auto; lia).
        destruct (Nat.eqb_spec k (nth j J O)) as [E|E]; [|ring]. exfalso. apply Ik. rewrite E. apply nth_In. lia.
Qed.
End Rank.
