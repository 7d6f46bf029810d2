(* From a dual point and the list of its atoms to ALL optimal networks: they are the slots whose masses merge to a point of P. *)
From Coq Require Import List Bool Reals Lra Lia Relations.
From Cert Require Import Statement Polytope.
Import ListNotations.
Open Scope R_scope.

(** * Vectors *)
Lemma dot_comm : forall x w, dot x w = dot w x.
Proof. induction x; intros [|b w]; simpl; auto. rewrite IHx; ring. Qed.
Lemma dot_scal t : forall x w, dot x (map (Rmult t) w) = t * dot x w.
Proof. induction x; intros [|b w]; simpl; try ring. rewrite IHx; ring. Qed.
Lemma dot_nonneg : forall w, 0 <= dot w w.
Proof. induction w; simpl; [lra|nra]. Qed.
Lemma ldot_dot : forall y a, ldot y a = dot y a.
Proof.
  unfold ldot. intros u. induction u as [|u0 u IH]; intros [|v a]; simpl; auto.
  - rewrite rdot_0. ring.
  - rewrite IH. auto.
Qed.
Lemma dot_map_plus {A} (f g : A -> R) : forall k l, dot k (map (fun x => f x + g x) l) = dot k (map f l) + dot k (map g l).
Proof. induction k; intros [|x l]; simpl; try ring. rewrite IHk; ring. Qed.
Lemma dot_map_scal {A} (f : A -> R) t : forall k l, dot k (map (fun x => t * f x) l) = t * dot k (map f l).
Proof. induction k; intros [|x l]; simpl; try ring. rewrite IHk; ring. Qed.
Lemma dot_map0 {A} : forall k (l : list A), dot k (map (fun _ => 0) l) = 0.
Proof. induction k; intros [|x l]; simpl; try ring. rewrite IHk; ring. Qed.
Lemma norm_sq w : norm w * norm w = dot w w.
Proof. apply sqrt_sqrt, dot_nonneg. Qed.
Lemma norm_nonneg w : 0 <= norm w.
Proof. apply sqrt_pos. Qed.
Lemma dot0 : forall w, dot w w = 0 -> w = repeat 0 (length w).
Proof.
  induction w as [|b w IH]; intros H; simpl in *; auto. pose proof (dot_nonneg w). assert (0 <= b * b) by apply Rle_0_sqr.
  assert (b * b = 0) by lra. apply Rsqr_0_uniq in H2. subst. f_equal. apply IH; lra.
Qed.
Lemma map0 : forall w, map (Rmult 0) w = repeat 0 (length w).
Proof. induction w; simpl; auto. f_equal; auto. ring. Qed.
Lemma relu_scal t x : 0 <= t -> relu (t * x) = t * relu x.
Proof. intros H. unfold relu. unfold Rmax. destruct (Rle_dec 0 (t * x)), (Rle_dec 0 x); try ring. nra.
  assert (t = 0) by nra. subst. ring. Qed.
Lemma map_mult_mult s t w : map (Rmult s) (map (Rmult t) w) = map (Rmult (s * t)) w.
Proof. rewrite map_map. apply map_ext. intros; ring. Qed.
Lemma map_mult_inj t u v : t <> 0 -> map (Rmult t) u = map (Rmult t) v -> u = v.
Proof.
  intros Ht. revert v. induction u; intros [|b v] H; simpl in H; try discriminate; auto.
  injection H; intros. f_equal; auto. apply Rmult_eq_reg_l with t; auto.
Qed.

Section Net.
Variable P : problem.
Notation X := (X P). Notation y := (y P). Notation om := (om P). Notation beta := (beta P). Notation d := (dim P).
Hypothesis Hb : 0 < beta.
Variables (kap fit off : list R) (atoms : list neuron).           (* atoms: (sign, g) *)
Hypothesis Hom : Forall (fun o => 0 < o) om.
Hypothesis Hlen : length y = length X /\ length om = length X /\ length fit = length X /\ length off = length X /\ length kap = length X.
Hypothesis Hy : forall i, nth i y 0 = nth i fit 0 + nth i off 0.
Hypothesis Hk : forall i, nth i kap 0 = nth i om 0 * nth i off 0.
(** kappa'(Xw)_+ *)
Definition pull (w : list R) := dot kap (map (fun x => relu (dot x w)) X).
Hypothesis Hfeas : forall w, length w = d -> Rabs (pull w) <= beta * norm w.
Hypothesis Htight : forall s w, s = 1 \/ s = -1 -> length w = d -> 0 < norm w -> s * pull w = beta * norm w ->
  exists a g, nth_error atoms a = Some (s, g) /\ w = map (Rmult (norm w / beta)) g.
Hypothesis Hatom : forall s g, In (s, g) atoms -> (s = 1 \/ s = -1) /\ length g = d /\ dot g g = beta * beta /\ s * pull g = beta * beta.
Hypothesis Hdist : NoDup atoms.

Definition value := / 2 * dot kap off + dot kap fit.
Definition feature (a : neuron) := map (fun x => fst a * relu (dot x (snd a))) X.
Definition cols := map feature atoms.

(** ** The value is a lower bound for every width, attained exactly when all slacks vanish *)
Definition slack1 (n : neuron) := beta / 2 * (fst n ^ 2 + dot (snd n) (snd n)) - fst n * pull (snd n).
Fixpoint slack (th : list neuron) := match th with [] => 0 | n :: th' => slack1 n + slack th' end.
Lemma pull_out th : dot kap (map (out th) X) = fold_right (fun n r => fst n * pull (snd n) + r) 0 th.
Proof.
  induction th as [|[a w] th IH]; simpl.
  - apply dot_map0.
  - rewrite dot_map_plus, IH. unfold pull. rewrite dot_map_scal. auto.
Qed.
Lemma slack_eq th : slack th = beta / 2 * decay th - dot kap (map (out th) X).
Proof. rewrite pull_out. induction th as [|[a w] th IH]; simpl. lra. rewrite IH. unfold slack1. simpl. field. Qed.
Lemma misfit_eq : forall om0 y0 z f o k, length y0 = length om0 -> length z = length om0 -> length f = length om0 -> length o = length om0 -> length k = length om0 ->
  (forall i, nth i y0 0 = nth i f 0 + nth i o 0) -> (forall i, nth i k 0 = nth i om0 0 * nth i o 0) ->
  misfit om0 y0 z = misfit om0 f z - 2 * dot k z + 2 * dot k f + dot k o.
Proof.
  induction om0 as [|w om0 IH]; intros [|y1 y0] [|z1 z] [|f1 f] [|o1 o] [|k1 k] L1 L2 L3 L4 L5 E1 E2; simpl in *; try discriminate; try ring.
  rewrite (IH y0 z f o k); try lia.
  - pose proof (E1 O) as A. pose proof (E2 O) as B. simpl in A, B. subst. ring.
  - intros i. apply (E1 (S i)).
  - intros i. apply (E2 (S i)).
Qed.
Theorem obj_eq th : obj P th = value + / 2 * misfit om fit (map (out th) X) + slack th.
Proof.
  unfold obj, value. rewrite slack_eq. destruct Hlen as (L1 & L2 & L3 & L4 & L5).
  rewrite (misfit_eq om y (map (out th) X) fit off kap); rewrite ?map_length; try lia; auto. field.
Qed.
Lemma misfit_nonneg : forall o f z, Forall (fun o => 0 < o) o -> 0 <= misfit o f z.
Proof.
  induction o as [|w o IH]; intros [|f0 f] [|z0 z] H; simpl; try lra. inversion H; subst.
  specialize (IH f z H3). pose proof (pow2_ge_0 (z0 - f0)). simpl in H0. assert (0 <= w * ((z0 - f0) * ((z0 - f0) * 1))) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma misfit_0 : forall o f z, Forall (fun o => 0 < o) o -> length f = length o -> length z = length o -> (misfit o f z = 0 <-> z = f).
Proof.
  induction o as [|w o IH]; intros [|f0 f] [|z0 z] H L1 L2; simpl in *; try discriminate; [tauto|].
  inversion H; subst. pose proof (misfit_nonneg o f z H3) as M. pose proof (pow2_ge_0 (z0 - f0)) as S. simpl in S.
  assert (0 <= w * ((z0 - f0) * ((z0 - f0) * 1))) by (apply Rmult_le_pos; lra). split.
  - intros E. f_equal.
    + assert (E2 : w * ((z0 - f0) * ((z0 - f0) * 1)) = 0) by lra. apply Rmult_integral in E2. destruct E2; [lra|].
      rewrite Rmult_1_r in H1. apply Rsqr_0_uniq in H1. lra.
    + apply IH; auto. lra.
  - intros E. injection E; intros -> ->. assert (Q : misfit o f f = 0) by (apply IH; auto; lia). rewrite Q. ring.
Qed.
Lemma slack1_split n : length (snd n) = d ->
  slack1 n = beta / 2 * (Rabs (fst n) - norm (snd n)) ^ 2 + (beta * Rabs (fst n) * norm (snd n) - fst n * pull (snd n)) /\
  0 <= beta * Rabs (fst n) * norm (snd n) - fst n * pull (snd n).
Proof.
  destruct n as [a w]; unfold slack1; simpl. intros L. split.
  - rewrite <- (norm_sq w). replace (a * (a * 1)) with (Rabs a * Rabs a) by (rewrite <- Rabs_mult, Rabs_right; [ring|apply Rle_ge, Rle_0_sqr]). field.
  - assert (a * pull w <= Rabs a * (beta * norm w)); [|lra].
    eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat_l. apply Rabs_pos. auto.
Qed.
Lemma slack1_nonneg n : length (snd n) = d -> 0 <= slack1 n.
Proof.
  intros L. destruct (slack1_split n L) as [-> K]. pose proof (pow2_ge_0 (Rabs (fst n) - norm (snd n))).
  assert (0 <= beta / 2 * (Rabs (fst n) - norm (snd n)) ^ 2) by (apply Rmult_le_pos; lra). lra.
Qed.
Definition wf (th : list neuron) := Forall (fun n => length (snd n) = d) th.
Lemma slack_nonneg th : wf th -> 0 <= slack th.
Proof. induction 1; simpl; [lra|]. pose proof (slack1_nonneg x H). lra. Qed.
Lemma slack_0 th : wf th -> (slack th = 0 <-> Forall (fun n => slack1 n = 0) th).
Proof.
  induction 1 as [|n th L W IH]; simpl. split; auto. pose proof (slack1_nonneg n L). pose proof (slack_nonneg th W). split.
  - intros E. constructor; [lra|]. apply IH; lra.
  - intros E. inversion E; subst. apply IH in H4. lra.
Qed.
(** weak duality for the nonconvex problem, every width *)
Theorem lower th : wf th -> value <= obj P th.
Proof. intros W. rewrite obj_eq. pose proof (slack_nonneg th W). pose proof (misfit_nonneg om fit (map (out th) X) Hom). lra. Qed.

(** ** Slots *)
Definition slot := (nat * R)%type.                                (* atom, mass *)
Definition at_ (a : nat) : neuron := nth a atoms (0, repeat 0 d).
Definition neu (t : slot) : neuron :=
  let r := sqrt (snd t / beta) in (fst (at_ (fst t)) * beta * r, map (Rmult r) (snd (at_ (fst t)))).
Definition valid (t : slot) := 0 <= snd t /\ ((fst t < length atoms)%nat \/ snd t = 0).
Lemma len_at a : length (snd (at_ a)) = d.
Proof.
  unfold at_. destruct (nth_in_or_default a atoms (0, repeat 0 d)) as [H|H].
  - destruct (nth a atoms (0, repeat 0 d)) as [s g]. apply Hatom in H. tauto.
  - rewrite H. apply repeat_length.
Qed.
Lemma len_neu t : length (snd (neu t)) = d.
Proof. simpl. rewrite map_length. apply len_at. Qed.
Lemma neu0 a : neu (a, 0) = (0, repeat 0 d).
Proof. unfold neu. simpl. replace (0 / beta) with 0 by (unfold Rdiv; ring). rewrite sqrt_0, map0, len_at. f_equal. ring. Qed.
Lemma rsq c : 0 <= c -> sqrt (c / beta) * sqrt (c / beta) = c / beta.
Proof. intros H. apply sqrt_sqrt. apply Rmult_le_pos; auto. apply Rlt_le, Rinv_0_lt_compat; auto. Qed.
Lemma pull_scal r w : 0 <= r -> pull (map (Rmult r) w) = r * pull w.
Proof.
  intros H. unfold pull. rewrite <- dot_map_scal. f_equal. apply map_ext. intros x. rewrite dot_scal. apply relu_scal; auto.
Qed.
Lemma slack_neu t : valid t -> slack1 (neu t) = 0.
Proof.
  destruct t as [a c]. intros [Hc Ha]. simpl in *.
  destruct (Req_dec c 0) as [->|N].
  - rewrite neu0. unfold slack1. simpl. assert (dot (repeat 0 d) (repeat 0 d) = 0). { generalize d. induction n; simpl; auto. rewrite IHn; ring. }
    rewrite H. ring.
  - destruct Ha as [Ha|Ha]; [|tauto]. unfold slack1, neu. simpl. rewrite pull_scal, dot_scal, dot_comm, dot_scal by apply sqrt_pos.
    assert (I : In (at_ a) atoms) by (apply nth_In; auto). destruct (at_ a) as [s g]. simpl. apply Hatom in I. destruct I as (S & _ & G & K).
    rewrite G. pose proof (rsq c Hc) as R. set (r := sqrt (c / beta)) in *.
    replace (s * beta * r * (r * pull g)) with (beta * (r * r) * (s * pull g)) by ring. rewrite K.
    replace (s * beta * r * (s * beta * r * 1)) with ((s * s) * (beta * beta) * (r * r)) by ring.
    replace (r * (r * (beta * beta))) with ((r * r) * (beta * beta)) by ring.
    assert (s * s = 1) by (destruct S; subst; ring). rewrite H. rewrite R. field. lra.
Qed.
Lemma slack_slot n : length (snd n) = d -> slack1 n = 0 -> exists t, valid t /\ n = neu t.
Proof.
  intros L E. destruct (slack1_split n L) as [E2 K]. rewrite E in E2.
  pose proof (pow2_ge_0 (Rabs (fst n) - norm (snd n))) as Q.
  assert (0 <= beta / 2 * (Rabs (fst n) - norm (snd n)) ^ 2) by (apply Rmult_le_pos; lra).
  assert (Z : (Rabs (fst n) - norm (snd n)) ^ 2 = 0). { assert (M : beta / 2 * (Rabs (fst n) - norm (snd n)) ^ 2 = 0) by lra. apply Rmult_integral in M. destruct M; lra. }
  simpl in Z. rewrite Rmult_1_r in Z. apply Rsqr_0_uniq in Z.
  assert (T : fst n * pull (snd n) = beta * Rabs (fst n) * norm (snd n)) by lra. clear E2 K Q H.
  destruct n as [a w]. simpl in *. pose proof (norm_nonneg w) as NN. destruct (Req_dec (norm w) 0) as [N0|N0].
  - exists (O, 0). split. split; simpl; auto; lra. rewrite neu0. f_equal.
    + destruct (Req_dec a 0) as [A|A]; auto. apply Rabs_pos_lt in A. lra.
    + rewrite <- L. apply dot0. rewrite <- norm_sq, N0. ring.
  - assert (A : a <> 0). { intros ->. rewrite Rabs_R0 in Z. lra. }
    set (s := if Rlt_dec a 0 then -1 else 1).
    assert (S : (s = 1 \/ s = -1) /\ a = s * norm w).
    { unfold s. destruct (Rlt_dec a 0). rewrite Rabs_left in Z by auto. split; auto; lra. rewrite Rabs_right in Z by lra. split; auto; lra. }
    destruct S as [S SA]. destruct (Htight s w) as (i & g & I & W); auto. lra.
    { rewrite SA in T. replace (Rabs (s * norm w)) with (norm w) in T by (rewrite <- SA; lra).
      apply Rmult_eq_reg_l with (norm w); auto. lra. }
    exists (i, norm w * norm w / beta). assert (C0 : 0 <= norm w * norm w / beta). { apply Rmult_le_pos. apply Rle_0_sqr. apply Rlt_le, Rinv_0_lt_compat; auto. }
    split. split; simpl; auto. left. apply nth_error_Some. congruence.
    assert (B : norm w * norm w / beta / beta = (norm w / beta) * (norm w / beta)) by (field; lra).
    unfold neu. simpl. rewrite B, sqrt_square by (apply Rmult_le_pos; auto; apply Rlt_le, Rinv_0_lt_compat; auto).
    unfold at_. rewrite (nth_error_nth _ _ _ I). simpl. f_equal; auto. rewrite SA. field. lra.
Qed.

(** merging: the masses of the slots, atom by atom *)
Fixpoint addat (a : nat) (c : R) (l : list R) : list R :=
  match l, a with [], _ => [] | x :: l', O => (c + x) :: l' | x :: l', S a' => x :: addat a' c l' end.
Fixpoint merge (T : list slot) : list R := match T with [] => repeat 0 (length atoms) | t :: T' => addat (fst t) (snd t) (merge T') end.
Lemma addat_len c : forall l a, length (addat a c l) = length l.
Proof. induction l; intros [|a']; simpl; auto. Qed.
Lemma merge_len T : length (merge T) = length atoms.
Proof. induction T; simpl. apply repeat_length. rewrite addat_len; auto. Qed.
Lemma nth_addat c : forall l a i, nth i (addat a c l) 0 = nth i l 0 + (if (a =? i)%nat then (if (a <? length l)%nat then c else 0) else 0).
Proof.
  induction l as [|x l IH]; intros [|a] [|i]; simpl; try ring.
  - destruct (a =? i)%nat; simpl; ring.
  - rewrite IH. change (S a <? S (length l))%nat with (a <? length l)%nat. auto.
Qed.
Fixpoint mass (a : nat) (T : list slot) : R := match T with [] => 0 | t :: T' => (if (fst t =? a)%nat then snd t else 0) + mass a T' end.
Lemma nth_merge T a : (a < length atoms)%nat -> nth a (merge T) 0 = mass a T.
Proof.
  intros H. induction T as [|[b c] T IH]; simpl. apply nth_repeat. rewrite nth_addat, IH, merge_len.
  destruct (Nat.eqb_spec b a); [subst; apply Nat.ltb_lt in H; rewrite H; ring|ring].
Qed.
Lemma merge_nonneg T : Forall valid T -> Forall (fun x => 0 <= x) (merge T).
Proof.
  induction 1 as [|[b c] T [V _] _ IH]; simpl.
  - apply Forall_forall. intros x H. apply repeat_spec in H. subst; lra.
  - simpl in V. revert b. induction IH; intros [|b]; simpl; constructor; auto; lra.
Qed.
Lemma comb_addat c i : forall cs l a, length cs = length l -> comb cs (addat a c l) i = comb cs l i + c * nth i (nth a cs []) 0.
Proof.
  induction cs as [|f cs IH]; intros [|x l] [|a] H; simpl in *; try discriminate.
  - destruct i; simpl; ring.
  - destruct i; simpl; ring.
  - ring.
  - rewrite IH by lia. ring.
Qed.
Lemma nth_cols a : nth a cols [] = if (a <? length atoms)%nat then feature (at_ a) else [].
Proof.
  unfold cols. destruct (Nat.ltb_spec a (length atoms)).
  - rewrite nth_indep with (d' := feature (0, repeat 0 d)) by (rewrite map_length; auto). apply map_nth.
  - apply nth_overflow. rewrite map_length. auto.
Qed.
Lemma out_slots x : forall T, Forall valid T -> out (map neu T) x = fold_right (fun t r => snd t * (fst (at_ (fst t)) * relu (dot x (snd (at_ (fst t))))) + r) 0 T.
Proof.
  induction 1 as [|[a c] T [V _] _ IH]; auto. cbn [map out fold_right]. rewrite IH. unfold neu. simpl.
  rewrite dot_scal, relu_scal by apply sqrt_pos. simpl in V. pose proof (rsq c V). set (r := sqrt (c / beta)) in *.
  set (s := fst (at_ a)). set (q := relu (dot x (snd (at_ a)))).
  replace (s * beta * r * (r * q)) with (s * beta * (r * r) * q) by ring. rewrite H. field. lra.
Qed.
Lemma comb_merge i : forall T, Forall valid T -> comb cols (merge T) i = fold_right (fun t r => snd t * nth i (feature (at_ (fst t))) 0 + r) 0 T.
Proof.
  induction 1 as [|[a c] T V _ IH]; simpl.
  - unfold cols. generalize atoms. induction atoms0; simpl; auto. rewrite IHatoms0. ring.
  - rewrite comb_addat, IH, nth_cols by (rewrite merge_len; unfold cols; apply map_length).
    destruct V as [_ V]; simpl in V. destruct (Nat.ltb_spec a (length atoms)); [ring|]. destruct V; [lia|]. subst. ring.
Qed.
Lemma fit_iff T : Forall valid T -> (map (out (map neu T)) X = fit <-> feas cols fit (merge T)).
Proof.
  intros V. assert (E : forall i, (i < length X)%nat -> nth i (map (out (map neu T)) X) 0 = comb cols (merge T) i).
  { intros i Hi. rewrite comb_merge by auto. rewrite nth_indep with (d' := out (map neu T) []) by (rewrite map_length; auto).
    rewrite map_nth, out_slots by auto. clear V. induction T as [|[a c] T IH]; simpl; auto. rewrite IH. f_equal. f_equal.
    unfold feature. rewrite nth_indep with (d' := (fun x => fst (at_ a) * relu (dot x (snd (at_ a)))) []) by (rewrite map_length; auto).
    symmetry. apply (map_nth (fun x => fst (at_ a) * relu (dot x (snd (at_ a))))). }
  split.
  - intros F. split; [|split].
    + rewrite merge_len. unfold cols. rewrite map_length. auto.
    + apply merge_nonneg; auto.
    + intros i. destruct (Nat.lt_ge_cases i (length X)) as [L|L].
      * rewrite <- E, F; auto.
      * rewrite comb_merge by auto. rewrite (nth_overflow fit) by (destruct Hlen as (_ & _ & A & _); lia).
        clear -L. induction T as [|[a c] T IH]; simpl; auto. rewrite IH. rewrite nth_overflow. ring. unfold feature. rewrite map_length. auto.
  - intros (_ & _ & F). apply nth_ext with 0 0.
    + rewrite map_length. destruct Hlen as (_ & _ & A & _). auto.
    + intros i Hi. rewrite map_length in Hi. rewrite E, F; auto.
Qed.
(** ** Link theorem: the networks of value [value] are exactly the slots that merge to a point of P *)
Definition Slots (m : nat) (T : list slot) := length T = m /\ Forall valid T /\ feas cols fit (merge T).
Theorem link th m : (net P m th /\ obj P th = value) <-> exists T, Slots m T /\ th = map neu T.
Proof.
  split.
  - intros [[Lm W] E]. rewrite obj_eq in E. pose proof (slack_nonneg th W) as S. pose proof (misfit_nonneg om fit (map (out th) X) Hom) as M.
    assert (S0 : slack th = 0) by lra. assert (M0 : misfit om fit (map (out th) X) = 0) by lra.
    apply misfit_0 in M0; auto; try (rewrite ?map_length; destruct Hlen as (_ & A & B & _); lia).
    apply slack_0 in S0; auto.
    assert (exists T, Forall valid T /\ th = map neu T) as (T & V & ->).
    { clear Lm E S M M0. induction W as [|n th L W IH]. exists []; auto. inversion S0; subst.
      destruct (IH H2) as (T & V & ->). destruct (slack_slot n L H1) as (t & V1 & ->). exists (t :: T). split; auto. }
    exists T. split; auto. split. rewrite map_length in Lm; auto. split; auto. apply fit_iff; auto.
  - intros (T & (Lm & V & F) & ->). assert (W : wf (map neu T)).
    { apply Forall_forall. intros n Hn. apply in_map_iff in Hn. destruct Hn as (t & <- & _). apply len_neu. }
    split. split; auto. rewrite map_length; auto.
    rewrite obj_eq. assert (S0 : slack (map neu T) = 0).
    { apply slack_0; auto. apply Forall_forall. intros n Hn. apply in_map_iff in Hn. destruct Hn as (t & <- & Ht).
      apply slack_neu. rewrite Forall_forall in V. auto. }
    apply fit_iff in F; auto. apply misfit_0 with (o := om) in F; auto; try (rewrite ?map_length; destruct Hlen as (_ & A & B & _); lia).
    rewrite S0, F. ring.
Qed.
Lemma nnz_addat c : forall l a, (nnz (addat a c l) <= S (nnz l))%nat.
Proof.
  clear Hlen. induction l as [|x l IH]; intros [|a]; cbn [addat nnz]; try lia.
  - destruct (Req_EM_T (c + x) 0), (Req_EM_T x 0); lia.
  - specialize (IH a). destruct (Req_EM_T x 0); lia.
Qed.
Lemma nnz0 n : nnz (repeat 0 n) = O.
Proof. induction n; simpl; auto. destruct (Req_EM_T 0 0); auto. congruence. Qed.
Lemma nnz_merge T : (nnz (merge T) <= length T)%nat.
Proof. clear Hlen. induction T; cbn [merge length]. rewrite nnz0; auto. pose proof (nnz_addat (snd a) (merge T) (fst a)). lia. Qed.
End Net.
