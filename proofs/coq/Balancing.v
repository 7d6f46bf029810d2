(* The way on which neurons are balanced: alpha s and w / s, from s = 1 to |alpha| s = |w| / s. The function of the
   network stays, the objective never rises; a neuron without output goes to 0 (T12). *)
From Coq Require Import List Reals Lra Lia.
From Cert Require Import Statement Polytope Networks Slots Theta Paths.
Import ListNotations.
Open Scope R_scope.

(** a path of networks with one function, on which the objective never rises *)
Definition balancing (P : problem) (m : nat) (th th0 : list neuron) := exists gamma : R -> list neuron, gamma 0 = th /\ gamma 1 = th0 /\
  (forall t, 0 <= t <= 1 -> net P m (gamma t) /\ forall x, out (gamma t) x = out th x) /\ (forall i, continuous (fun t => nth i (flat (gamma t)) 0)) /\
  forall s t, 0 <= s <= t -> t <= 1 -> obj P (gamma t) <= obj P (gamma s).

Definition cost (n : neuron) := fst n ^ 2 + dot (snd n) (snd n).
Definition eases_by (n n0 : neuron) (g : R -> neuron) := g 0 = n /\ g 1 = n0 /\ (forall t, length (snd (g t)) = length (snd n)) /\
  (forall i, continuous (fun t => nth i (flat1 (g t)) 0)) /\ (forall t r, 0 <= t <= 1 -> fst (g t) * relu (dot r (snd (g t))) = fst n * relu (dot r (snd n))) /\
  forall s t, 0 <= s <= t -> t <= 1 -> cost (g t) <= cost (g s).
Definition eases n n0 := exists g, eases_by n n0 g.
Lemma eases_refl n : eases n n.
Proof. exists (fun _ => n). repeat split; auto; [intros i; apply continuous_const|intros; lra]. Qed.
(** two factors, one of alpha and one of w *)
Lemma eases_factors a w f h : continuous f -> continuous h -> f 0 = 1 -> h 0 = 1 -> (forall t, 0 <= t <= 1 -> 0 <= h t) ->
  (forall t r, 0 <= t <= 1 -> a * f t * h t * relu (dot r w) = a * relu (dot r w)) ->
  (forall s t, 0 <= s <= t -> t <= 1 -> (a * f t) ^ 2 + h t * h t * dot w w <= (a * f s) ^ 2 + h s * h s * dot w w) ->
  eases (a, w) (a * f 1, map (Rmult (h 1)) w).
Proof.
  intros Cf Ch F0 H0 Hh Ho Hc. exists (fun t => (a * f t, map (Rmult (h t)) w)). split; [|split; [|split; [|split; [|split]]]]; auto; unfold cost; cbn [fst snd].
  - rewrite F0, H0. f_equal; [ring|]. rewrite <- (map_id w) at 2. apply map_ext. intros; ring.
  - intros t. apply map_length.
  - intros [|i]; unfold flat1; cbn [nth fst snd]; [apply (scaled_cont a f Cf)|]. apply continuous_ext with (f := fun t => nth i w 0 * h t); [|apply scaled_cont; auto].
    intros t. rewrite <- (Rmult_0_r (h t)) at 2. rewrite map_nth. ring.
  - intros t r Ht. rewrite dot_scal, relu_scal by auto. rewrite <- (Ho t r Ht). ring.
  - intros s t Hs Ht. rewrite !dot_scal, !(dot_comm (map _ w)), !dot_scal. specialize (Hc s t Hs Ht). lra.
Qed.
(** a neuron without output *)
Lemma eases_null a w : (forall r, a * relu (dot r w) = 0) -> eases (a, w) (0, repeat 0 (length w)).
Proof.
  intros Z. replace (0, repeat 0 (length w)) with (a * (1 - 1), map (Rmult (1 - 1)) w).
  2:{ f_equal; [ring|]. rewrite <- map0. apply map_ext. intros; ring. }
  assert (C : continuous (fun t => 1 - t)). { apply continuous_pt. intros s _. apply continuity_pt_minus; [apply continuity_pt_const; intros u v; auto|apply derivable_continuous_pt, derivable_pt_id]. }
  apply (eases_factors a w (fun t => 1 - t) (fun t => 1 - t)); auto; try ring; [intros; lra|intros t r _; rewrite (Rmult_assoc a), (Rmult_comm a), Rmult_assoc, Z; ring|].
  intros s t Hs Ht. pose proof (dot_nonneg w) as N. assert (Q : (1 - t) * (1 - t) <= (1 - s) * (1 - s)) by (apply Rmult_le_compat; lra).
  assert (a * a * ((1 - t) * (1 - t)) <= a * a * ((1 - s) * (1 - s))) by (apply Rmult_le_compat_l; [apply Rle_0_sqr|auto]).
  assert ((1 - t) * (1 - t) * dot w w <= (1 - s) * (1 - s) * dot w w) by (apply Rmult_le_compat_r; auto). lra.
Qed.
(** z^2 + q^4 / z^2 falls towards z = q *)
Lemma towards q z z' : 0 < q -> 0 < z -> 0 < z' -> (z <= z' <= q \/ q <= z' <= z) -> z' * z' + q * q * (q * q) / (z' * z') <= z * z + q * q * (q * q) / (z * z).
Proof.
  intros Q Z Z' H. assert (P0 : 0 < z * z * (z' * z')) by (repeat apply Rmult_lt_0_compat; auto). apply Rmult_le_reg_r with (z * z * (z' * z')); auto.
  replace ((z' * z' + q * q * (q * q) / (z' * z')) * (z * z * (z' * z'))) with (z' * z' * (z * z * (z' * z')) + q * q * (q * q) * (z * z)) by (field; lra).
  replace ((z * z + q * q * (q * q) / (z * z)) * (z * z * (z' * z'))) with (z * z * (z * z * (z' * z')) + q * q * (q * q) * (z' * z')) by (field; lra).
  assert (0 <= (z * z - z' * z') * (z * z * (z' * z') - q * q * (q * q))); [|lra]. destruct H as [[A B]|[A B]].
  - assert (z * z <= z' * z') by (apply Rmult_le_compat; lra). assert (z' * z' <= q * q) by (apply Rmult_le_compat; lra).
    assert (z * z * (z' * z') <= q * q * (q * q)) by (apply Rmult_le_compat; try lra; apply Rle_0_sqr). replace (_ * _) with ((z' * z' - z * z) * (q * q * (q * q) - z * z * (z' * z'))) by ring. apply Rmult_le_pos; lra.
  - assert (z' * z' <= z * z) by (apply Rmult_le_compat; lra). assert (q * q <= z' * z') by (apply Rmult_le_compat; lra).
    assert (q * q * (q * q) <= z * z * (z' * z')) by (apply Rmult_le_compat; try lra; apply Rle_0_sqr). apply Rmult_le_pos; lra.
Qed.
(** any other: q^2 = |alpha| |w| *)
Lemma eases_balanced a w q : 0 < q -> q * q = Rabs a * norm w -> eases (a, w) (a * (q / Rabs a), map (Rmult (Rabs a / q)) w).
Proof.
  intros Q E. assert (A : 0 < Rabs a). { pose proof (Rabs_pos a). destruct (Req_dec (Rabs a) 0) as [Z|Z]; [|lra]. rewrite Z in E. assert (0 < q * q) by (apply Rmult_lt_0_compat; auto). lra. }
  set (A0 := Rabs a) in *. set (z := fun t => (1 - t) * A0 + t * q). assert (Zp : forall t, 0 <= t <= 1 -> 0 < z t).
  { intros t Ht. unfold z. destruct (Req_dec t 0) as [->|N]; [lra|]. assert (0 < t * q) by (apply Rmult_lt_0_compat; lra). assert (0 <= (1 - t) * A0) by (apply Rmult_le_pos; lra). lra. }
  assert (Zc : forall s, continuity_pt z s).
  { intros s. unfold z. apply (continuity_pt_plus (fun t => (1 - t) * A0) (fun t => t * q)).
    - apply (continuity_pt_mult (fun t => 1 - t) (fun _ => A0)); [|apply continuity_pt_const; intros u v; auto]. apply (continuity_pt_minus (fun _ => 1) (fun t => t)); [apply continuity_pt_const; intros u v; auto|apply derivable_continuous_pt, derivable_pt_id].
    - apply (continuity_pt_mult (fun t => t) (fun _ => q)); [apply derivable_continuous_pt, derivable_pt_id|apply continuity_pt_const; intros u v; auto]. }
  assert (Z1 : z 1 = q) by (unfold z; ring). assert (Z0 : z 0 = A0) by (unfold z; ring). rewrite <- Z1.
  assert (Aa : a * a = A0 * A0) by (unfold A0; rewrite <- Rabs_mult, Rabs_right; [ring|apply Rle_ge, Rle_0_sqr]).
  assert (Ww : dot w w = q * q * (q * q) / (A0 * A0)) by (rewrite <- norm_sq, E; field; lra).
  apply (eases_factors a w (fun t => z t / A0) (fun t => A0 / z t)).
  - apply continuous_pt. intros s _. apply (continuity_pt_mult z (fun _ => / A0)); auto. apply continuity_pt_const; intros u v; auto.
  - apply continuous_pt. intros s Hs. apply (continuity_pt_mult (fun _ => A0) (fun t => / z t)); [apply continuity_pt_const; intros u v; auto|]. apply (continuity_pt_inv z); auto. specialize (Zp s Hs). lra.
  - rewrite Z0. field. lra.
  - rewrite Z0. field. lra.
  - intros t Ht. apply Rlt_le, Rdiv_lt_0_compat; auto.
  - intros t r Ht. specialize (Zp t Ht). field. lra.
  - intros s t Hs Ht. pose proof (Zp s ltac:(lra)) as Ps. pose proof (Zp t ltac:(lra)) as Pt. rewrite Ww.
    assert (F : forall u, 0 < u -> (a * (u / A0)) ^ 2 + A0 / u * (A0 / u) * (q * q * (q * q) / (A0 * A0)) = u * u + q * q * (q * q) / (u * u)).
    { intros u U. replace ((a * (u / A0)) ^ 2) with (a * a * (u * u) / (A0 * A0)) by (field; lra). rewrite Aa. field. lra. }
    rewrite !F by auto. apply towards; auto. unfold z. destruct (Rle_lt_dec A0 q) as [C|C]; [left|right]; split.
    + assert (s * (q - A0) <= t * (q - A0)) by (apply Rmult_le_compat_r; lra). lra.
    + assert (0 <= (1 - t) * (q - A0)) by (apply Rmult_le_pos; lra). lra.
    + assert (0 <= (1 - t) * (A0 - q)) by (apply Rmult_le_pos; lra). lra.
    + assert (s * (A0 - q) <= t * (A0 - q)) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Lemma balancing_ok P m th th0 : 0 < beta P -> net P m th -> Forall2 eases th th0 -> balancing P m th th0.
Proof.
  intros Hb [Lm Fd] F. assert (G : exists gs : list (R -> neuron), map (fun g => g 0) gs = th /\ map (fun g => g 1) gs = th0 /\
    (forall t, Forall2 (fun n n' => length (snd n') = length (snd n)) th (map (fun g => g t) gs)) /\ (forall i, continuous (fun t => nth i (flat (map (fun g => g t) gs)) 0)) /\
    (forall t x, 0 <= t <= 1 -> out (map (fun g => g t) gs) x = out th x) /\ forall s t, 0 <= s <= t -> t <= 1 -> decay (map (fun g => g t) gs) <= decay (map (fun g => g s) gs)).
  { clear Lm Fd. induction F as [|n n0 th th0 (g & G0 & G1 & GL & GC & GO & GD) _ (gs & I0 & I1 & IL & IC & IO & ID)].
    - exists []. cbn [map]. repeat split; auto; [intros i; apply continuous_const|intros; lra].
    - exists (g :: gs). cbn [map]. split; [congruence|]. split; [congruence|]. split; [intros t; constructor; auto|]. split; [|split].
      + intros i. apply continuous_ext with (f := fun t => if (i <? S (length (snd n)))%nat then nth i (flat1 (g t)) 0 else nth (i - S (length (snd n))) (flat (map (fun g => g t) gs)) 0).
        { intros t. rewrite flat_nth. replace (length (flat1 (g t))) with (S (length (snd n))) by (unfold flat1; cbn [length]; rewrite GL; auto). auto. }
        destruct (i <? S (length (snd n)))%nat; auto.
      + intros t x Ht. specialize (GO t x Ht). specialize (IO t x Ht). destruct (g t) as [a w] eqn:Eg, n as [a1 w1]. cbn [out fst snd] in *. rewrite GO, IO. auto.
      + intros s t Hs Ht. specialize (GD s t Hs Ht). specialize (ID s t Hs Ht). unfold cost in GD. destruct (g t) as [a w], (g s) as [a1 w1]. cbn [decay fst snd] in *. lra. }
  destruct G as (gs & G0 & G1 & GL & GC & GO & GD). exists (fun t => map (fun g => g t) gs). split; auto. split; auto. split; [|split; auto].
  - intros t Ht. split; [|intros x; apply GO; auto]. specialize (GL t). split; [rewrite <- Lm; symmetry; eapply F2_len; eauto|].
    clear -GL Fd. revert Fd. induction GL as [|n n' l l' E _ IH]; intros Fd; constructor; [rewrite E; apply (Forall_inv Fd)|apply IH, (Forall_inv_tail Fd)].
  - intros s t Hs Ht. unfold obj. rewrite (map_ext (out (map (fun g => g t) gs)) (out th)) by (intros x; apply GO; lra). rewrite (map_ext (out (map (fun g => g s) gs)) (out th)) by (intros x; apply GO; lra).
    specialize (GD s t Hs Ht). assert (beta P / 2 * decay (map (fun g => g t) gs) <= beta P / 2 * decay (map (fun g => g s) gs)) by (apply Rmult_le_compat_l; lra). lra.
Qed.
