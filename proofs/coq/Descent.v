(* Kind descent, over Q: from each breakpoint, balanced, straight to the next, and the objective never rises (T12). *)
From Coq Require Import List ZArith QArith Qreduction Bool Reals Qreals Lra Lia.
From Cert Require Import Statement Polytope Networks Theta Paths Checker Cones Checks Patterns Staircase Walks Rational Gap Balancing.
Import ListNotations.
Open Scope Q_scope.

(** the neuron balanced: the output stays; one without output becomes 0 *)
Definition balance (x : place_ Q) : place_ Q :=
  match x with Raw _ w a => let u := map (qmul (qabs a)) w in if nonzero Q qsgn u then Balanced Q (nonneg a) u else Null Q | _ => x end.
Definition qsame := all2 (keq Q qadd Qopp qsgn).
Definition same (x z : place_ Q) : bool :=
  match x, z with
  | Null _, Null _ => true
  | Balanced _ s u, Balanced _ t v => Bool.eqb s t && qsame u v
  | Raw _ w a, Raw _ v b => keq Q qadd Qopp qsgn a b && qsame w v
  | _, _ => false end.
Definition leaves (x z : place_ Q) : place_ Q := if same x z then x else balance x.
Definition keeps (x z : place_ Q) : bool :=
  same x z || match z with Raw _ _ _ => false | _ => along Q 0%Q qadd qmul Qopp qsgn (balance x) z end.
Definition departure (net next : list (place_ Q)) : list (place_ Q) := map (fun p => leaves (fst p) (snd p)) (combine net next).
(** sum_k om_k (z_k - y_k) (z_k - w_k) *)
Fixpoint tilt_ (om y z w : list Q) : Q :=
  match om, y, z, w with o :: om', a :: y', b :: z', c :: w' => qadd (qmul (qmul o (qadd b (Qopp a))) (qadd b (Qopp c))) (tilt_ om' y' z' w') | _, _, _, _ => 0%Q end.
(** the slope of the objective at the end *)
Definition slope (D : data Q) (start next : list (place_ Q)) : list term :=
  (tilt_ (d_om Q D) (d_y Q D) (given_fit D next) (given_fit D start), 1%Q) :: flat_map (cost1 D) next ++ map (fun z => (Qopp (fst z), snd z)) (flat_map (cost1 D) start).
Definition falls1 (D : data Q) (net next : list (place_ Q)) : bool :=
  all2 keeps net next && match root_sign (slope D (departure net next) next) with Some Lt | Some Eq => true | _ => false end.
Fixpoint falls (D : data Q) (nets : list (list (place_ Q))) : bool :=
  match nets with x :: (z :: _) as nets' => falls1 D x z && falls D nets' | _ => true end.
Record descent := DescentOf { e_walk : walk Q; e_objectives : list (Q * Q) }.
(** the last breakpoint alone, as a walk *)
Definition arrival (C : descent) : walk Q :=
  let W := e_walk C in Walk Q (k_data Q W) (k_patterns Q W) (k_kappa Q W) (k_fit Q W) (k_value Q W) (k_width Q W) [last (k_nets Q W) []] (k_circuits Q W) (k_ptree Q W) (k_points Q W) (k_dual Q W).
Definition check_descent (C : descent) : bool :=
  let W := e_walk C in let D := k_data Q W in
  check_walkQ (arrival C) && negb (lenb 0 (k_nets Q W)) &&
  forallb (fun net => lenb (k_width Q W) net && forallb (sound_place D) net) (k_nets Q W) &&
  all2 (fun net o => enclosed (objective D net) (fst o) (snd o)) (k_nets Q W) (e_objectives C) &&
  falls D (k_nets Q W) && forallb (fun o => narrow (largest o) o) (e_objectives C).

Open Scope R_scope.
(** alpha w of a neuron *)
Definition product (th : list neuron) (j k : nat) : R := let n := nth j th (0, []) in fst n * nth k (snd n) 0.
(** a path of networks, straight in the products alpha w, on which the objective never rises *)
Definition falling (P : problem) (m : nat) (th th' : list neuron) := exists gamma : R -> list neuron, gamma 0 = th /\ gamma 1 = th' /\
  (forall t, 0 <= t <= 1 -> net P m (gamma t)) /\ (forall i, continuous (fun t => nth i (flat (gamma t)) 0)) /\
  (forall t j k, 0 <= t <= 1 -> product (gamma t) j k = (1 - t) * product th j k + t * product th' j k) /\
  forall s t, 0 <= s <= t -> t <= 1 -> obj P (gamma t) <= obj P (gamma s).
Definition descent_problem (C : descent) : problem := walk_problem Q Q2R (e_walk C).
Definition breakpoints (C : descent) : list (list neuron) := networks Q Q2R (e_walk C).
Record descent_holds (C : descent) : Prop := {
  (** kappa is feasible, no network is better than the value, and the last breakpoint attains it *)
  E_arrival : walk_holds Q Q2R (arrival C) /\ networks Q Q2R (arrival C) = [last (breakpoints C) []];
  E_objectives : breakpoints C <> [] /\ Forall2 (fun th o => net (descent_problem C) (k_width Q (e_walk C)) th /\
    Q2R (fst o) <= obj (descent_problem C) th <= Q2R (snd o)) (breakpoints C) (e_objectives C);
  (** each breakpoint is balanced on the way (one function, the objective never rises), and falls straight to the next *)
  E_falls : forall i th th', nth_error (breakpoints C) i = Some th -> nth_error (breakpoints C) (S i) = Some th' ->
    exists th0, balancing (descent_problem C) (k_width Q (e_walk C)) th th0 /\ falling (descent_problem C) (k_width Q (e_walk C)) th0 th' }.

(** * The objective on a segment is a convex quadratic *)
Fixpoint tilt (om0 y0 z w : list R) : R :=
  match om0, y0, z, w with o :: om', a :: y', b :: z', c :: w' => o * (b - a) * (b - c) + tilt om' y' z' w' | _, _, _, _ => 0 end.
Lemma misfit_along t (f g h : list R -> R) : (forall x, f x = (1 - t) * g x + t * h x) -> forall Xs om0 y0, length y0 = length om0 ->
  misfit om0 y0 (map f Xs) = misfit om0 y0 (map h Xs) - 2 * (1 - t) * tilt om0 y0 (map h Xs) (map g Xs) + (1 - t) * (1 - t) * misfit om0 (map g Xs) (map h Xs).
Proof.
  intros E. induction Xs as [|x Xs IH]; intros [|o om0] [|a y0] L; simpl in L; try discriminate; simpl; try ring. rewrite (IH om0 y0) by lia. rewrite E. ring.
Qed.
Lemma tilt_ok : forall om0 y0 z w, Q2R (tilt_ om0 y0 z w) = tilt (map Q2R om0) (map Q2R y0) (map Q2R z) (map Q2R w).
Proof.
  induction om0 as [|o om0 IH]; intros [|a y0] [|b z] [|c w]; simpl; try apply q_phi0. rewrite q_add, !q_mul, !q_add, !Q2R_opp, IH. ring.
Qed.
Lemma product_drawn L : Forall (fun z : neuron * (R * R) => 0 <= fst (snd z) /\ 0 <= snd (snd z)) L -> forall t j k, 0 <= t <= 1 ->
  product (drawn t L) j k = (1 - t) * product (map (fun z => scale (fst (snd z)) (fst z)) L) j k + t * product (map (fun z => scale (snd (snd z)) (fst z)) L) j k.
Proof.
  induction 1 as [|[[al w] [p q]] L [A B] _ IH]; intros t j k Ht; [unfold product; destruct j; simpl; ring|]. destruct j as [|j]; [|exact (IH t j k Ht)].
  unfold product, drawn. cbn [map nth fst snd scale].
  assert (N : forall r, nth k (map (Rmult r) w) 0 = r * nth k w 0) by (intros r; rewrite <- (Rmult_0_r r) at 1; apply map_nth).
  rewrite !N. pose proof (mixed_root t p q Ht) as M. set (r := sqrt _) in *. replace (r * al * (r * nth k w 0)) with (r * r * (al * nth k w 0)) by ring. rewrite M. ring.
Qed.
Lemma falling_ok P m b e : Forall (fun o => 0 < o) (om P) -> length (y P) = length (om P) -> Forall2 ray b e -> net P m b ->
  tilt (om P) (y P) (map (out e) (X P)) (map (out b) (X P)) + beta P / 2 * decay e - beta P / 2 * decay b <= 0 -> falling P m b e.
Proof.
  intros Hom Ly R0 Nb Sl. destruct (rays _ _ R0) as (L & F & E & E'). destruct (drawn_ends L F) as [E0 E1]. exists (fun t => drawn t L). split; [congruence|]. split; [congruence|]. split; [|split; [|split]].
  - intros t _. apply drawn_net. rewrite <- E. auto.
  - apply drawn_continuous; auto.
  - intros t j k Ht. rewrite (product_drawn L F t j k Ht), <- E, <- E'. auto.
  - assert (O : forall t, 0 <= t <= 1 -> obj P (drawn t L) = obj P e + (1 - t) * - (tilt (om P) (y P) (map (out e) (X P)) (map (out b) (X P)) + beta P / 2 * decay e - beta P / 2 * decay b)
      + (1 - t) * (1 - t) * (/ 2 * misfit (om P) (map (out b) (X P)) (map (out e) (X P)))).
    { intros t Ht. destruct (drawn_linear t L Ht F) as [D1 D2]. rewrite <- E, <- E' in D1, D2. unfold obj. rewrite D2, (misfit_along t _ _ _ D1 (X P) (om P) (y P) Ly). field. }
    intros s t Hs Ht. rewrite !O by lra. pose proof (misfit_nonneg (om P) (map (out b) (X P)) (map (out e) (X P)) Hom) as M.
    set (c := / 2 * misfit _ _ _) in *. assert (0 <= c) by (unfold c; lra). set (g := - (_ + _ - _)) in *. assert (0 <= g) by (unfold g; lra).
    assert ((1 - t) * g <= (1 - s) * g) by (apply Rmult_le_compat_r; lra). assert ((1 - t) * (1 - t) <= (1 - s) * (1 - s)) by (apply Rmult_le_compat; lra).
    assert ((1 - t) * (1 - t) * c <= (1 - s) * (1 - s) * c) by (apply Rmult_le_compat_r; lra). lra.
Qed.

(** * Balancing *)
Section Step.
Variable D : data Q.
Notation P := (prob Q Q2R D).
Notation nq := (neuron_of Q Q2R (d_dim Q D)).
Hypothesis Hb : 0 < beta P.
Hypothesis Hbs : beta P * beta P = Q2R (d_b2 Q D).
Lemma qabs_ok a : Q2R (qabs a) = Rabs (Q2R a).
Proof.
  unfold qabs. destruct (nonneg a) eqn:E; [apply nonneg_ok in E; rewrite Rabs_right; lra|]. unfold nonneg in E. apply Z.leb_gt, Z.ltb_lt, neg_ok in E. rewrite Q2R_opp, Rabs_left; auto.
Qed.
Lemma sign_abs a : (if nonneg a then 1 else -1) * Rabs (Q2R a) = Q2R a.
Proof. destruct (nonneg a) eqn:E; [apply nonneg_ok in E; rewrite Rabs_right; lra|]. unfold nonneg in E. apply Z.leb_gt, Z.ltb_lt, neg_ok in E. rewrite Rabs_left; lra. Qed.
Lemma zero_vector u : nonzero Q qsgn u = false -> forall x, dot x (map Q2R u) = 0.
Proof.
  induction u as [|t u IH]; intros H [|a x]; simpl in *; auto. apply orb_false_iff in H. destruct H as [H1 H2]. rewrite IH by auto. apply orb_false_iff in H1.
  assert (Z : Q2R t = 0); [|rewrite Z; ring]. apply num0, Z.eqb_eq. unfold is, qsgn in H1. destruct (Z.compare_spec (Qnum t) 0); auto; destruct H1; discriminate.
Qed.
Lemma balance_sound x : sound_place D x = true -> sound_place D (balance x) = true.
Proof.
  destruct x as [|s u|w a]; simpl; auto. intros L. destruct (nonzero Q qsgn (map (qmul (qabs a)) w)) eqn:N; simpl; auto. rewrite N. unfold lenb in *. rewrite map_length, L. auto.
Qed.
Lemma scaled_vector a w : map Q2R (map (qmul (qabs a)) w) = map (Rmult (Rabs (Q2R a))) (map Q2R w).
Proof. rewrite !map_map. apply map_ext. intros t. rewrite q_mul, qabs_ok. auto. Qed.
Lemma balance_ok x : sound_place D x = true -> eases (nq x) (nq (balance x)).
Proof.
  destruct x as [|s u|w a]; try (intros _; apply eases_refl). cbn [sound_place balance neuron_of fst snd]. intros L. apply Nat.eqb_eq in L. set (u := map (qmul (qabs a)) w).
  assert (Du : forall r, dot r (map Q2R u) = Rabs (Q2R a) * dot r (map Q2R w)) by (intros r; unfold u; rewrite scaled_vector, dot_scal; auto).
  destruct (nonzero Q qsgn u) eqn:N; cbn [neuron_of].
  - pose proof (nonzero_norm Q qsgn Q2R q_sgn u N) as Nu. set (q := sqrt (norm (map Q2R u))). assert (S1 : 0 < q) by (apply sqrt_lt_R0; auto). assert (Qn : q * q = norm (map Q2R u)) by (apply sqrt_sqrt; lra).
    assert (Nm : norm (map Q2R u) = Rabs (Q2R a) * norm (map Q2R w)).
    { unfold norm. rewrite Du, dot_comm, Du. rewrite <- Rmult_assoc, sqrt_mult_alt by apply Rle_0_sqr. rewrite sqrt_square by apply Rabs_pos. auto. }
    assert (A : 0 < Rabs (Q2R a)). { pose proof (Rabs_pos (Q2R a)). destruct (Req_dec (Rabs (Q2R a)) 0) as [Z|Z]; [|lra]. rewrite Z in Nm. lra. }
    replace (balanced _ _) with (Q2R a * (q / Rabs (Q2R a)), map (Rmult (Rabs (Q2R a) / q)) (map Q2R w)); [apply eases_balanced; congruence|].
    unfold balanced. fold q. f_equal; [rewrite <- (sign_abs a) at 1; field; lra|]. unfold u. rewrite scaled_vector, map_mult_mult. apply map_ext. intros t. field. lra.
  - replace (repeat 0 (d_dim Q D)) with (repeat 0 (length (map Q2R w))) by (rewrite map_length; congruence). apply eases_null. intros r.
    replace (Q2R a * relu (dot r (map Q2R w))) with ((if nonneg a then 1 else -1) * relu (dot r (map Q2R u))); [rewrite (zero_vector u N); unfold relu; rewrite Rmax_left; lra|].
    rewrite Du, relu_scal by apply Rabs_pos. rewrite <- Rmult_assoc, sign_abs. auto.
Qed.
Lemma qsame_ok : forall u v, qsame u v = true -> map Q2R u = map Q2R v.
Proof. intros u v E. apply (veq_ok Q qadd Qopp qsgn Q2R q_add Q2R_opp q_sgn) in E. auto. Qed.
Lemma same_ok x z : same x z = true -> nq x = nq z.
Proof.
  destruct x, z; simpl; try discriminate; auto; intros E; apply andb_prop in E; destruct E as [E1 E2]; apply qsame_ok in E2; rewrite E2.
  - apply Bool.eqb_prop in E1. subst. auto.
  - apply (keq_ok Q qadd Qopp qsgn Q2R q_add Q2R_opp q_sgn) in E1. rewrite E1. auto.
Qed.
Lemma sound_length x : sound_place D x = true -> length (snd (nq x)) = d_dim Q D.
Proof.
  destruct x as [|s u|w a]; simpl; intros H; [apply repeat_length| |].
  - apply andb_prop in H. destruct H as [H _]. apply Nat.eqb_eq in H. rewrite !map_length. auto.
  - apply Nat.eqb_eq in H. rewrite map_length. auto.
Qed.
Lemma keeps_ok x z : sound_place D x = true -> sound_place D z = true -> keeps x z = true -> ray (nq (leaves x z)) (nq z).
Proof.
  intros Sx Sz K. unfold keeps in K. unfold leaves. destruct (same x z) eqn:E.
  - apply same_ok in E. rewrite E. exists (nq z), 1, 1. split; [lra|]. split; [lra|]. split; symmetry; apply scale1.
  - simpl in K. pose proof (balance_sound x Sx) as Sb. apply (along_ray Q 0%Q qadd qmul Qopp qsgn Q2R q_add q_mul Q2R_opp q_sgn D).
    + intros s u Eb. rewrite Eb in Sb. simpl in Sb. apply andb_prop in Sb. tauto.
    + apply sound_length; auto.
    + apply sound_length; auto.
    + destruct z; auto. discriminate.
Qed.
Lemma leaves_ok x z : sound_place D x = true -> sound_place D (leaves x z) = true /\ eases (nq x) (nq (leaves x z)).
Proof. intros S0. unfold leaves. destruct (same x z); [split; [auto|apply eases_refl]|]. split; [apply balance_sound|apply balance_ok]; auto. Qed.
Lemma departure_ok : forall net_ next, forallb (sound_place D) net_ = true -> forallb (sound_place D) next = true -> all2 keeps net_ next = true ->
  forallb (sound_place D) (departure net_ next) = true /\ length (departure net_ next) = length net_ /\ Forall2 ray (map nq (departure net_ next)) (map nq next) /\
  Forall2 eases (map nq net_) (map nq (departure net_ next)).
Proof.
  unfold departure. induction net_ as [|x net_ IH]; intros [|z next] S1 S2 K; simpl in K; try discriminate; [simpl; repeat split; auto|].
  simpl in S1, S2. apply andb_prop in S1, S2, K. destruct S1 as [A1 S1], S2 as [A2 S2], K as [K1 K]. destruct (IH next S1 S2 K) as (I1 & I2 & I3 & I4). destruct (leaves_ok x z A1) as (L1 & L2).
  cbn [combine map forallb fst snd length]. rewrite L1, I1. repeat split; auto. constructor; auto. apply keeps_ok; auto.
Qed.
Lemma total_opp l : total (map (fun z : term => (Qopp (fst z), snd z)) l) = - total l.
Proof. induction l as [|[q s] l IH]; simpl; [ring|]. rewrite Q2R_opp, IH. ring. Qed.
Lemma falls1_ok m net_ next : Forall (fun o => 0 < o) (om P) -> length (y P) = length (om P) ->
  length net_ = m -> forallb (sound_place D) net_ = true -> forallb (sound_place D) next = true -> falls1 D net_ next = true ->
  exists th0, balancing P m (map nq net_) th0 /\ falling P m th0 (map nq next).
Proof.
  intros Hom Ly Lm S1 S2 H. unfold falls1 in H. apply andb_prop in H. destruct H as [K Sg]. destruct (departure_ok net_ next S1 S2 K) as (A1 & A2 & A3 & A4).
  exists (map nq (departure net_ next)). split.
  - apply balancing_ok; auto. split; [rewrite map_length; auto|]. apply Forall_forall. intros n I. apply in_map_iff in I. destruct I as (x & <- & I). rewrite forallb_forall in S1. apply sound_length; auto.
  - apply falling_ok; auto.
    + split; [rewrite map_length; congruence|]. apply Forall_forall. intros n I. apply in_map_iff in I. destruct I as (x & <- & I). rewrite forallb_forall in A1. apply sound_length; auto.
    + pose proof (root_sign_ok (slope D (departure net_ next) next)) as R0. set (sl := slope D (departure net_ next) next) in *.
      assert (T : total sl = tilt (om P) (y P) (map (out (map nq next)) (X P)) (map (out (map nq (departure net_ next))) (X P)) + beta P / 2 * decay (map nq next) - beta P / 2 * decay (map nq (departure net_ next))).
      { unfold sl, slope. cbn [total]. rewrite total_app, total_opp, (costs_ok D Hb Hbs next S2), (costs_ok D Hb Hbs _ A1), tilt_ok, (given_out D next S2), (given_out D _ A1), Q2R_1, sqrt_1. simpl. ring. }
      rewrite <- T. destruct (root_sign sl) as [[]|]; try discriminate; lra.
Qed.
End Step.

Theorem descent_correct C : check_descent C = true -> descent_holds C.
Proof.
  unfold check_descent. set (W := e_walk C). set (D := k_data Q W). rewrite !andb_true_iff. intros [[[[[h1 h2] h3] h4] h5] _].
  pose proof (walk_correct_Q _ h1) as Wh. unfold check_walkQ, check_walk in h1. rewrite !andb_true_iff in h1. destruct h1 as [[[[[[f1 _] _] _] _] _] _]. cbn [arrival k_data k_patterns k_kappa k_circuits k_ptree k_points k_dual] in f1. fold W in f1. fold D in f1.
  destruct (feasible_ok Q 0%Q qadd qmul Qopp qsgn Q2R q_phi0 q_add q_mul Q2R_opp q_sgn D _ _ _ _ _ _ f1) as (Hb & Hbs & Hom & (L1 & L2 & L3) & _).
  set (P := prob Q Q2R D) in *. rewrite forallb_forall in h3.
  assert (Ly : length (y P) = length (om P)) by (simpl; rewrite !map_length; congruence).
  assert (Nets : forall l, In l (k_nets Q W) -> length l = k_width Q W /\ forallb (sound_place D) l = true).
  { intros l I. apply h3 in I. apply andb_prop in I. destruct I as [I1 I2]. apply Nat.eqb_eq in I1. auto. }
  constructor; unfold descent_problem, breakpoints, walk_problem, networks; fold W D P.
  - split; auto. cbn [arrival k_nets k_data map]. fold W D. f_equal. clear. induction (k_nets Q W) as [|l nets IH]; auto. destruct nets as [|l2 nets]; auto.
  - split; [destruct (k_nets Q W); [discriminate|simpl; discriminate]|]. clear h5 h2 f1. revert h4 Nets. generalize (e_objectives C). generalize (k_nets Q W).
    induction l as [|net_ l IH]; intros [|o os] E Nets; simpl in E; try discriminate; constructor.
    + apply andb_prop in E. destruct E as [E _]. destruct (Nets net_ ltac:(simpl; auto)) as [Ln Sn]. apply enclosed_ok in E. rewrite (objective_ok D Hb Hbs net_ Sn) in E. split; auto.
      split; [rewrite map_length; auto|]. apply Forall_forall. intros n I. apply in_map_iff in I. destruct I as (x & <- & I). rewrite forallb_forall in Sn. apply (sound_length D x); auto.
    + apply andb_prop in E. destruct E as [_ E]. apply IH; auto. intros; apply Nets; simpl; auto.
  - assert (G : forall nets, (forall l, In l nets -> In l (k_nets Q W)) -> falls D nets = true -> forall i th th', nth_error (map (map (neuron_of Q Q2R (d_dim Q D))) nets) i = Some th -> nth_error (map (map (neuron_of Q Q2R (d_dim Q D))) nets) (S i) = Some th' ->
      exists th0, balancing P (k_width Q W) th th0 /\ falling P (k_width Q W) th0 th').
    { induction nets as [|l nets IH]; intros Inc S0 j th th' Ej Ej'; [destruct j; discriminate|]. destruct nets as [|l2 nets]; [destruct j as [|[|j]]; discriminate|].
      cbn [falls] in S0. apply andb_prop in S0. destruct S0 as [A1 A2]. destruct j as [|j]; [|apply (IH ltac:(intros; apply Inc; simpl; auto) A2 j); auto].
      cbn [map nth_error] in Ej, Ej'. injection Ej; intros; subst th. injection Ej'; intros; subst th'. destruct (Nets l ltac:(apply Inc; simpl; auto)) as [Ln Sn]. destruct (Nets l2 ltac:(apply Inc; simpl; auto)) as [_ Sn2].
      destruct (falls1_ok D Hb Hbs (k_width Q W) l l2 Hom Ly Ln Sn Sn2 A1) as (th0 & B1 & B2). exists th0. auto. }
    intros i th th'. apply (G (k_nets Q W) ltac:(auto) h5).
Qed.
