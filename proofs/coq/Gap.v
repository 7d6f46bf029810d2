(* Kind gap, over Q: the objective of any network, the dual value of kappa, and their difference (T13).
   Values are sums of q sqrt(s): roots of one class modulo squares are put together, the rest is enclosed. *)
From Coq Require Import List ZArith QArith Qreduction Bool Reals Qreals Lra Lia.
From Cert Require Import Statement Polytope Networks Theta Checker Cones Checks Patterns Staircase Walks Rational.
Import ListNotations.
Open Scope Q_scope.

Definition term := (Q * Q)%type.                      (* q sqrt(s) *)
Definition nonneg (x : Q) := (0 <=? Qnum x)%Z.
Definition qle (x y : Q) := nonneg (qadd y (Qopp x)).
Definition root (x : Q) : Q := Qred (Qmake (Z.sqrt (Qnum x)) (Z.to_pos (Z.sqrt (Zpos (Qden x))))).
(** sqrt(s) = (sqrt(s t) / t) sqrt(t), where s t is a square *)
Fixpoint collect (q s : Q) (l : list term) : list term :=
  match l with
  | [] => [(q, s)]
  | (p, t) :: l' => let r := root (qmul s t) in
      if (0 <? Qnum t)%Z && nonneg s && nonneg r && Qeq_bool (qmul r r) (qmul s t) then (qadd p (qmul q (qmul r (Qinv t))), t) :: l' else (p, t) :: collect q s l' end.
Definition together_ (l : list term) : list term := filter (fun z => negb (Qnum (fst z) =? 0)%Z) (fold_left (fun acc z => collect (fst z) (snd z) acc) l []).
(** bounds of one term, tested: f^2 <= s <= g^2 *)
Definition ends_ (bits : Z) (z : term) : option (Q * Q) :=
  let (q, s) := z in
  let one := (2 ^ bits)%Z in
  let n := Z.sqrt (Qnum s * (one * one) / Zpos (Qden s)) in
  let f := Qred (Qmake n (Z.to_pos one)) in let g := Qred (Qmake (n + 1) (Z.to_pos one)) in
  if nonneg f && nonneg g && nonneg s && qle (qmul f f) s && qle s (qmul g g) then Some (if nonneg q then (qmul q f, qmul q g) else (qmul q g, qmul q f)) else None.
Fixpoint sums (bits : Z) (l : list term) : option (Q * Q) :=
  match l with [] => Some (0, 0)
  | z :: l' => match ends_ bits z, sums bits l' with Some (a, b), Some (c, d) => Some (qadd a c, qadd b d) | _, _ => None end end.
Fixpoint seek (all_bits : list Z) (l : list term) : option comparison :=
  match all_bits with [] => None
  | b :: rest => match sums b l with
    | Some (lo, hi) => if (0 <? Qnum lo)%Z then Some Gt else if (Qnum hi <? 0)%Z then Some Lt else seek rest l
    | None => None end end.
Definition root_sign (l : list term) : option comparison :=
  match together_ l with [] => Some Eq | c => seek [64; 128; 256; 512; 1024; 2048; 4096; 8192]%Z c end.

Open Scope R_scope.
Fixpoint total (l : list term) : R := match l with [] => 0 | (q, s) :: l' => Q2R q * sqrt (Q2R s) + total l' end.
Lemma nonneg_ok x : nonneg x = true -> 0 <= Q2R x.
Proof. unfold nonneg. intros H. pose proof (q_sgn x) as S. unfold qsgn in S. apply Z.leb_le in H. destruct (Z.compare_spec (Qnum x) 0) as [E|E|E]; try lra. lia. Qed.
Lemma pos_ok x : (0 <? Qnum x)%Z = true -> 0 < Q2R x.
Proof. intros H. pose proof (q_sgn x) as S. unfold qsgn in S. apply Z.ltb_lt in H. apply Z.compare_gt_iff in H. rewrite H in S. auto. Qed.
Lemma neg_ok x : (Qnum x <? 0)%Z = true -> Q2R x < 0.
Proof. intros H. pose proof (q_sgn x) as S. unfold qsgn in S. apply Z.ltb_lt in H. apply Z.compare_lt_iff in H. rewrite H in S. auto. Qed.
Lemma qle_ok x z : qle x z = true -> Q2R x <= Q2R z.
Proof. intros H. apply nonneg_ok in H. rewrite q_add, Q2R_opp in H. lra. Qed.
Lemma collect_ok q s : forall l, total (collect q s l) = Q2R q * sqrt (Q2R s) + total l.
Proof.
  induction l as [|[p t] l IH]; [reflexivity|]. cbn [collect]. destruct (_ && _) eqn:E; [|cbn [total]; rewrite IH; ring].
  rewrite !andb_true_iff in E. destruct E as [[[A B] C] D]. apply pos_ok in A. apply nonneg_ok in B, C. apply Qeq_bool_iff, Qeq_eqR in D. rewrite !q_mul in D.
  cbn [total]. rewrite q_add, !q_mul, Q2R_inv by (intros Z; apply Qeq_eqR in Z; unfold Q2R in Z at 2; simpl in Z; lra).
  assert (S1 : Q2R (root (qmul s t)) = sqrt (Q2R s) * sqrt (Q2R t)) by (rewrite <- sqrt_mult_alt, <- D, sqrt_square; auto). rewrite S1.
  assert (S2 : sqrt (Q2R t) * sqrt (Q2R t) = Q2R t) by (apply sqrt_sqrt; lra). assert (0 < sqrt (Q2R t)) by (apply sqrt_lt_R0; auto).
  rewrite <- S2 at 2. field. lra.
Qed.
Lemma together_ok l : total (together_ l) = total l.
Proof.
  unfold together_. assert (Fl : forall k, total (filter (fun z : term => negb (Qnum (fst z) =? 0)%Z) k) = total k).
  { induction k as [|[q s] k IH]; auto. cbn [filter fst]. destruct (Qnum q =? 0)%Z eqn:E; cbn [negb total]; rewrite IH; auto. rewrite (num0 q E). ring. }
  rewrite Fl. assert (G : forall k acc, total (fold_left (fun acc z => collect (fst z) (snd z) acc) k acc) = total k + total acc); [|rewrite G; simpl; ring].
  induction k as [|[q s] k IH]; intros acc; cbn [fold_left total fst snd]; [ring|]. rewrite IH, collect_ok. ring.
Qed.
Lemma ends_ok bits q s a b : ends_ bits (q, s) = Some (a, b) -> Q2R a <= Q2R q * sqrt (Q2R s) <= Q2R b.
Proof.
  unfold ends_. set (f := Qred _). set (g := Qred _). destruct (_ && _) eqn:E; [|discriminate]. rewrite !andb_true_iff in E. destruct E as [[[[A B] S0] C] D].
  apply nonneg_ok in A, B, S0. apply qle_ok in C, D. rewrite q_mul in C, D.
  assert (F1 : Q2R f <= sqrt (Q2R s)) by (rewrite <- (sqrt_square (Q2R f)) by auto; apply sqrt_le_1_alt; auto).
  assert (F2 : sqrt (Q2R s) <= Q2R g) by (rewrite <- (sqrt_square (Q2R g)) by auto; apply sqrt_le_1_alt; auto).
  intros H. destruct (nonneg q) eqn:Nq; injection H; intros; subst a b; rewrite !q_mul.
  - apply nonneg_ok in Nq. split; apply Rmult_le_compat_l; auto.
  - assert (Q2R q < 0) by (apply neg_ok; unfold nonneg in Nq; apply Z.leb_gt in Nq; apply Z.ltb_lt; auto). split; apply Rmult_le_compat_neg_l; lra.
Qed.
Lemma sums_ok bits : forall l a b, sums bits l = Some (a, b) -> Q2R a <= total l <= Q2R b.
Proof.
  induction l as [|[q s] l IH]; intros a b H; cbn [sums total] in *; [injection H; intros; subst; unfold Q2R; simpl; lra|].
  destruct (ends_ bits (q, s)) as [[a1 b1]|] eqn:E; try discriminate. destruct (sums bits l) as [[a2 b2]|]; try discriminate. injection H; intros; subst. apply ends_ok in E. specialize (IH _ _ eq_refl). rewrite !q_add. lra.
Qed.
Lemma root_sign_ok l : match root_sign l with Some Lt => total l < 0 | Some Eq => total l = 0 | Some Gt => 0 < total l | None => True end.
Proof.
  unfold root_sign. pose proof (together_ok l) as T. destruct (together_ l) as [|z c] eqn:E; [simpl in T; auto|]. rewrite <- T. generalize [64; 128; 256; 512; 1024; 2048; 4096; 8192]%Z. generalize (z :: c).
  intros k. induction l0 as [|b rest IH]; cbn [seek]; auto. destruct (sums b k) as [[lo hi]|] eqn:S; auto. apply sums_ok in S.
  destruct (0 <? Qnum lo)%Z eqn:A; [apply pos_ok in A; lra|]. destruct (Qnum hi <? 0)%Z eqn:B; [apply neg_ok in B; lra|auto].
Qed.
(** lo <= total <= hi *)
Definition enclosed (l : list term) (lo hi : Q) : bool :=
  match root_sign (l ++ [(Qopp lo, 1%Q)]), root_sign (l ++ [(Qopp hi, 1%Q)]) with Some Lt, _ | _, Some Gt | None, _ | _, None => false | _, _ => true end.
Lemma total_app l l' : total (l ++ l') = total l + total l'.
Proof. induction l as [|[q s] l IH]; simpl; [ring|rewrite IH; ring]. Qed.
Lemma enclosed_ok l lo hi : enclosed l lo hi = true -> Q2R lo <= total l <= Q2R hi.
Proof.
  unfold enclosed. pose proof (root_sign_ok (l ++ [(Qopp lo, 1%Q)])) as A. pose proof (root_sign_ok (l ++ [(Qopp hi, 1%Q)])) as B. rewrite total_app in A, B. cbn [total] in A, B. rewrite !Q2R_opp in *.
  assert (S1 : sqrt (Q2R 1) = 1) by (replace (Q2R 1) with 1 by (unfold Q2R; simpl; field); apply sqrt_1). rewrite S1 in A, B.
  destruct (root_sign _) as [[]|]; try discriminate; destruct (root_sign (l ++ [(Qopp hi, 1%Q)])) as [[]|]; intros; try discriminate; lra.
Qed.

(** a rule of form: the ends differ by at most 2^-20 of a size *)
Definition qabs (x : Q) : Q := if nonneg x then x else Qopp x.
Definition largest (x : Q * Q) : Q := let a := qabs (fst x) in let b := qabs (snd x) in if qle a b then b else a.
Definition narrow (size : Q) (x : Q * Q) : bool := qle (qmul (qadd (snd x) (Qopp (fst x))) (1048576 # 1)) size.

(** * The certificate *)
Record gap := GapOf {
  g_data : data Q; g_patterns : Z; g_kappa : list Q; g_net : list (place_ Q);
  g_primal : Q * Q; g_dual : Q * Q; g_gap : Q * Q;
  g_circuits : list (list nat * list Q); g_ptree : list Z; g_points : list (list Q); g_mus : list (list nat * list Q) }.
Notation kd := (kdot Q 0%Q qadd qmul).
Notation fq := (feat Q 0%Q qadd qmul Qopp qsgn).
Definition sound_place (D : data Q) (x : place_ Q) : bool :=
  match x with Null _ => true | Balanced _ s u => lenb (d_dim Q D) u && nonzero Q qsgn u | Raw _ w a => lenb (d_dim Q D) w end.
Definition given_feature (D : data Q) (x : place_ Q) : list Q :=
  match x with Null _ => repeat 0%Q (length (d_X Q D)) | Balanced _ s u => fq D (s, u) | Raw _ w a => map (qmul a) (fq D (true, w)) end.
Definition given_fit (D : data Q) (net : list (place_ Q)) : list Q := fold_right (vadd Q qadd) (repeat 0%Q (length (d_X Q D))) (map (given_feature D) net).
Fixpoint misfit_ (om y z : list Q) : Q := match om, y, z with o :: om', a :: y', b :: z' => let e := qadd b (Qopp a) in qadd (qmul o (qmul e e)) (misfit_ om' y' z') | _, _, _ => 0%Q end.
Definition cost1 (D : data Q) (x : place_ Q) : list term :=
  match x with Null _ => [] | Balanced _ s u => [(1%Q, qmul (d_b2 Q D) (kd u u))] | Raw _ w a => [(qmul (1 # 2) (qadd (qmul a a) (kd w w)), d_b2 Q D)] end.
Definition objective (D : data Q) (net : list (place_ Q)) : list term := (qmul (1 # 2) (misfit_ (d_om Q D) (d_y Q D) (given_fit D net)), 1%Q) :: flat_map (cost1 D) net.
Definition over_weights (D : data Q) (kap : list Q) : list Q := map (fun p => qmul (snd p) (Qinv (fst p))) (combine (d_om Q D) kap).
Definition dual_value (D : data Q) (kap : list Q) : Q := qadd (kd kap (d_y Q D)) (Qopp (qmul (1 # 2) (kd kap (over_weights D kap)))).
Definition check_gap (C : gap) : bool :=
  let D := g_data C in let d := dual_value D (g_kappa C) in
  feasible Q 0%Q qadd qmul Qopp qsgn D (g_patterns C) (g_kappa C) (g_circuits C) (g_ptree C) (g_points C) (g_mus C) &&
  forallb (sound_place D) (g_net C) &&
  enclosed (objective D (g_net C)) (fst (g_primal C)) (snd (g_primal C)) &&
  qle (fst (g_dual C)) d && qle d (snd (g_dual C)) &&
  enclosed (objective D (g_net C) ++ [(Qopp d, 1%Q)]) (fst (g_gap C)) (snd (g_gap C)) &&
  (feasible_rules Q qsgn D (g_circuits C) (g_mus C) &&
   narrow (largest (g_primal C)) (g_primal C) && narrow (largest (g_dual C)) (g_dual C) && narrow (largest (g_primal C)) (g_gap C)).
Definition gap_problem (C : gap) : problem := prob Q Q2R (g_data C).
Definition gap_network (C : gap) : list neuron := map (neuron_of Q Q2R (d_dim Q (g_data C))) (g_net C).
Record gap_holds (C : gap) : Prop := {
  G_patterns : number (fun s => exists h, generic (gap_problem C) h /\ pattern (gap_problem C) h = s) (Z.to_nat (g_patterns C));
  G_dual : forall w, length w = dim (gap_problem C) -> Rabs (pull (gap_problem C) (map Q2R (g_kappa C)) w) <= beta (gap_problem C) * norm w;
  (** the objective of the given network *)
  G_primal : Q2R (fst (g_primal C)) <= obj (gap_problem C) (gap_network C) <= Q2R (snd (g_primal C));
  (** a number below the objective of every network of every width, and how far the given one is above it *)
  G_bound : exists d, (forall m th, net (gap_problem C) m th -> d <= obj (gap_problem C) th) /\
    Q2R (fst (g_dual C)) <= d <= Q2R (snd (g_dual C)) /\
    Q2R (fst (g_gap C)) <= obj (gap_problem C) (gap_network C) - d <= Q2R (snd (g_gap C)) }.

Lemma Q2R_1 : Q2R 1 = 1. Proof. unfold Q2R. simpl. field. Qed.
Lemma Q2R_half : Q2R (1 # 2) = / 2. Proof. unfold Q2R. simpl. field. Qed.
Lemma q_phi0 : Q2R 0 = 0. Proof. unfold Q2R. simpl. ring. Qed.
Definition q_dot := phi_dot Q 0%Q qadd qmul Q2R q_phi0 q_add q_mul.
Section Gap.
Variable D : data Q.
Notation P := (prob Q Q2R D).
Notation d := (d_dim Q D).
Notation nq := (neuron_of Q Q2R d).
Hypothesis Hb : 0 < beta P.
Hypothesis Hbs : beta P * beta P = Q2R (d_b2 Q D).
Lemma known_q x : known Q qsgn x = true. Proof. auto. Qed.
Lemma fq_ok s u : map Q2R (fq D (s, u)) = feature P (rat Q Q2R (s, u)).
Proof. apply (feat_ok Q 0%Q qadd qmul Qopp qsgn Q2R q_phi0 q_add q_mul Q2R_opp q_sgn D (s, u)). apply forallb_forall. auto. Qed.
Lemma given_ok x : sound_place D x = true -> map Q2R (given_feature D x) = map (fun r => fst (nq x) * relu (dot r (snd (nq x)))) (X P).
Proof.
  destruct x as [|s u|w a]; cbn [sound_place given_feature neuron_of]; intros H.
  - simpl. rewrite map_map. generalize (d_X Q D). induction l as [|r l IH]; simpl; auto. rewrite IH, q_phi0. f_equal. ring.
  - apply andb_prop in H. destruct H as [_ N]. apply (nonzero_norm Q qsgn Q2R q_sgn) in N. rewrite fq_ok. unfold feature, rat. cbn [fst snd]. apply map_ext. intros r. symmetry. apply balanced_out; auto.
  - rewrite map_map. rewrite (map_ext _ (fun t => Q2R a * Q2R t)) by (intros; apply q_mul). rewrite <- (map_map Q2R (Rmult (Q2R a))), fq_ok. unfold feature, rat. cbn [fst snd]. rewrite map_map. apply map_ext. intros r. ring.
Qed.
Lemma given_out net_ : forallb (sound_place D) net_ = true -> map Q2R (given_fit D net_) = map (out (map nq net_)) (X P).
Proof.
  unfold given_fit. induction net_ as [|x l IH]; intros H; simpl in H.
  - simpl. rewrite map_map. generalize (d_X Q D). induction l as [|r l IH]; simpl; auto. rewrite IH, q_phi0. auto.
  - apply andb_prop in H. destruct H as [H1 H2]. cbn [map fold_right]. rewrite (vadd_map Q qadd Q2R q_add _ _ _ _ _ (given_ok x H1) (IH H2)). apply map_ext. intros r. rewrite out_cons. auto.
Qed.
Lemma misfit_ok : forall om0 y0 z, Q2R (misfit_ om0 y0 z) = misfit (map Q2R om0) (map Q2R y0) (map Q2R z).
Proof.
  induction om0 as [|o om0 IH]; intros [|a y0] [|b z]; simpl; try apply q_phi0. rewrite q_add, !q_mul, !q_add, Q2R_opp, IH. ring.
Qed.
Lemma cost_ok x : sound_place D x = true -> total (cost1 D x) = beta P / 2 * (fst (nq x) ^ 2 + dot (snd (nq x)) (snd (nq x))).
Proof.
  destruct x as [|s u|w a]; cbn [sound_place cost1 neuron_of total fst snd]; intros H.
  - rewrite dot_zeros. ring.
  - apply andb_prop in H. destruct H as [_ N]. apply (nonzero_norm Q qsgn Q2R q_sgn) in N. rewrite q_mul, q_dot, <- Hbs, <- norm_sq, Q2R_1. set (u' := map Q2R u) in *.
    replace (beta P * beta P * (norm u' * norm u')) with ((beta P * norm u') * (beta P * norm u')) by ring. rewrite sqrt_square by (apply Rmult_le_pos; lra).
    unfold balanced. cbn [fst snd]. rewrite dot_scal, dot_comm, dot_scal, <- norm_sq. assert (S1 : 0 < sqrt (norm u')) by (apply sqrt_lt_R0; auto). assert (Qn : sqrt (norm u') * sqrt (norm u') = norm u') by (apply sqrt_sqrt; lra).
    set (q := sqrt (norm u')) in *. rewrite <- Qn. destruct s; field; lra.
  - rewrite !q_mul, q_add, q_mul, q_dot, Q2R_half, <- Hbs, sqrt_square by lra. field.
Qed.
Lemma costs_ok net_ : forallb (sound_place D) net_ = true -> total (flat_map (cost1 D) net_) = beta P / 2 * decay (map nq net_).
Proof.
  induction net_ as [|x l IH]; intros H; [simpl; ring|]. simpl in H. apply andb_prop in H. destruct H as [H1 H2]. cbn [flat_map map]. rewrite total_app, decay_cons, IH, (cost_ok x H1) by auto. ring.
Qed.
Lemma objective_ok net_ : forallb (sound_place D) net_ = true -> total (objective D net_) = obj P (map nq net_).
Proof.
  intros H. unfold objective, obj. cbn [total]. rewrite q_mul, Q2R_half, Q2R_1, sqrt_1, misfit_ok, (given_out net_ H). cbn [om y prob].
  rewrite (costs_ok net_ H). ring.
Qed.
Lemma parts : forall om0 y0 k, length y0 = length om0 -> length k = length om0 -> (forall o, In o om0 -> 0 < Q2R o) ->
  let off := map Q2R (map (fun p : Q * Q => qmul (snd p) (Qinv (fst p))) (combine om0 k)) in let fit := map (fun p => fst p - snd p) (combine (map Q2R y0) off) in
  length fit = length om0 /\ length off = length om0 /\ (forall i, nth i (map Q2R y0) 0 = nth i fit 0 + nth i off 0) /\ (forall i, nth i (map Q2R k) 0 = nth i (map Q2R om0) 0 * nth i off 0) /\
  dot (map Q2R k) fit = dot (map Q2R k) (map Q2R y0) - dot (map Q2R k) off.
Proof.
  induction om0 as [|o om0 IH]; intros [|a y0] [|t k] L1 L2 Po; simpl in L1, L2; try discriminate; cbn.
  - repeat split; auto; intros; try (destruct i; lra); lra.
  - destruct (IH y0 k ltac:(lia) ltac:(lia) ltac:(intros; apply Po; simpl; auto)) as (A & B & E & F & G). cbn in A, B, E, F, G. assert (Ho := Po o ltac:(simpl; auto)).
    assert (Io : Q2R (qmul t (Qinv o)) = Q2R t * / Q2R o). { rewrite q_mul, Q2R_inv; auto. intros Z. apply Qeq_eqR in Z. rewrite q_phi0 in Z. lra. }
    repeat split; auto.
    + intros [|i]; cbn; [ring|apply E].
    + intros [|i]; cbn; [rewrite Io; field; lra|apply F].
    + rewrite G. ring.
Qed.
End Gap.
Theorem gap_correct C : check_gap C = true -> gap_holds C.
Proof.
  unfold check_gap. set (D := g_data C). rewrite !andb_true_iff. intros [[[[[[h1 h2] h3] h4] h5] h6] _].
  destruct (feasible_ok Q 0%Q qadd qmul Qopp qsgn Q2R q_phi0 q_add q_mul Q2R_opp q_sgn D _ _ _ _ _ _ h1) as (Hb & Hbs & Hom & (L1 & L2 & L3) & Pt & Hfeas).
  pose proof (objective_ok D Hb Hbs (g_net C) h2) as Ob. apply enclosed_ok in h3, h6. apply qle_ok in h4, h5. rewrite total_app, Ob in h6. rewrite Ob in h3. cbn [total] in h6. rewrite Q2R_opp, Q2R_1, sqrt_1 in h6.
  constructor; unfold gap_problem, gap_network; fold D; auto. exists (Q2R (dual_value D (g_kappa C))). split; [|split; [auto|lra]]. intros m th [_ W].
  destruct (parts (d_om Q D) (d_y Q D) (g_kappa C)) as (A & B & E & F & G); try congruence.
  { intros o I. rewrite Forall_forall in Hom. apply Hom. simpl. apply in_map; auto. }
  cbv zeta in A, B, E, F, G. fold (over_weights D (g_kappa C)) in A, B, E, F, G. set (off := map Q2R (over_weights D (g_kappa C))) in *. set (fit := map (fun p => fst p - snd p) (combine (map Q2R (d_y Q D)) off)) in *.
  assert (Hlen : length (y (prob Q Q2R D)) = length (X (prob Q Q2R D)) /\ length (om (prob Q Q2R D)) = length (X (prob Q Q2R D)) /\ length fit = length (X (prob Q Q2R D)) /\ length off = length (X (prob Q Q2R D)) /\ length (map Q2R (g_kappa C)) = length (X (prob Q Q2R D))).
  { simpl. rewrite !map_length. repeat split; congruence. }
  pose proof (lower (prob Q Q2R D) Hb (map Q2R (g_kappa C)) fit off Hom Hlen E F Hfeas th W) as Lo. eapply Rle_trans; [|exact Lo].
  unfold value, dual_value. rewrite q_add, Q2R_opp, q_mul, !q_dot, Q2R_half. fold off. rewrite G. lra.
Qed.
