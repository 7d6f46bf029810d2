(* The theorem: an accepted certificate is true of the real nonconvex problem. *)
From Coq Require Import List ZArith Bool Reals Lra Lia Relations Permutation Factorial.
From Cert Require Import Statement Polytope Networks Slots Rank Theta Paths Checker Cones Checks Patterns.
Import ListNotations.
Open Scope R_scope.

Lemma mapo_F2 {A B} (f : A -> option B) : forall l L, mapo f l = Some L -> Forall2 (fun x z => f x = Some z) l L.
Proof.
  induction l as [|x l IH]; intros L H; simpl in H. injection H; intros; subst; constructor.
  destruct (f x) eqn:E; try discriminate. destruct (mapo f l) eqn:E2; try discriminate. injection H; intros; subst. constructor; auto.
Qed.
Lemma F2_in_r {A B} (Q : A -> B -> Prop) l l' : Forall2 Q l l' -> forall z, In z l' -> exists x, In x l /\ Q x z.
Proof. induction 1; simpl; intros z I; [tauto|]. destruct I as [<-|I]; [exists x; auto|]. destruct (IHForall2 z I) as (u & A1 & A2). exists u; auto. Qed.
Lemma F2_in_l {A B} (Q : A -> B -> Prop) l l' : Forall2 Q l l' -> forall x, In x l -> exists z, In z l' /\ Q x z.
Proof. induction 1; simpl; intros z I; [tauto|]. destruct I as [<-|I]; [exists y; auto|]. destruct (IHForall2 z I) as (u & A1 & A2). exists u; auto. Qed.
Lemma zfact_ok m : zfact m = Z.of_nat (fact m).
Proof. induction m; auto. cbn [zfact]. rewrite IHm. change (fact (S m)) with (S m * fact m)%nat. rewrite Nat2Z.inj_mul. auto. Qed.
Lemma in_combine_seq {A} (l : list A) : forall a i s, In (i, s) (combine (seq a (length l)) l) <-> (a <= i)%nat /\ nth_error l (i - a) = Some s.
Proof.
  induction l as [|x l IH]; intros a i s; simpl.
  - split; [tauto|]. intros [_ E]. destruct (i - a)%nat; discriminate.
  - rewrite IH. split.
    + intros [E|[E1 E2]]. injection E; intros; subst. rewrite Nat.sub_diag. auto. split; [lia|]. replace (i - a)%nat with (S (i - S a)) by lia. auto.
    + intros [E1 E2]. destruct (Nat.eq_dec a i) as [->|N]; [rewrite Nat.sub_diag in E2; simpl in E2; left; congruence|]. right. split; [lia|].
      replace (i - a)%nat with (S (i - S a)) in E2 by lia. auto.
Qed.
Lemma combine_seq_nodup {A} (l : list A) : forall a, NoDup (combine (seq a (length l)) l).
Proof.
  intros a. apply (NoDup_map_inv fst). assert (E : map fst (combine (seq a (length l)) l) = seq a (length l)); [|rewrite E; apply seq_NoDup].
  revert a. induction l; intros a'; simpl; auto. f_equal; auto.
Qed.
Section W.
Variables (cols : list (list R)) (b : list R) (V : list vert).
Hypothesis H : ok cols b V.
Let masks := map smask V.
Lemma FM m : length (filter (fun s => (cnt s =? m)%nat) masks) = length (full V m).
Proof. unfold full, masks. clear. induction V as [|v V0 IH]; simpl; auto. destruct (cnt (smask v) =? m)%nat; simpl; auto. Qed.
(** vertices that are joined have one label *)
Definition labelled (w : width) : Prop := forall par i j v v' r r', spread (w_m w) masks (w_parent w) = Some par ->
  nth_error V i = Some v -> nth_error V j = Some v' -> (cnt (smask v) <= w_m w)%nat -> (cnt (smask v') <= w_m w)%nat ->
  forest (w_m w) masks par (length masks) i = Some r -> forest (w_m w) masks par (length masks) j = Some r' ->
  conn cols b (w_m w) (vr v) (vr v') -> r = r'.
Definition counted (w : width) : Prop := exists Rs,
  (forall r, In r Rs -> In r V /\ (cnt (smask r) < w_m w)%nat) /\
  ForallOrdPairs (fun r r' => ~ conn cols b (w_m w) (vr r) (vr r')) Rs /\
  (forall v, In v V -> (cnt (smask v) < w_m w)%nat -> exists r, In r Rs /\ conn cols b (w_m w) (vr v) (vr r)) /\
  w_comps w = Z.of_nat (fact (w_m w) * length (full V (w_m w)) + length Rs) /\
  (forallb (fun v => (0 <? cnt (smask v))%nat) V = true -> w_iso w = Z.of_nat (fact (w_m w) * length (full V (w_m w)))) /\
  ((exists v, In v V /\ cnt (smask v) = O) -> w_iso w = 1%Z) /\
  classes (inPm cols b (w_m w)) (conn cols b (w_m w)) (Z.to_nat (w_poly w)).
Lemma width_labels w : check_width masks w = true -> counted w /\ labelled w.
Proof.
  unfold counted, labelled.
  unfold check_width. set (m := w_m w). destruct (spread m masks (w_parent w)) as [par|]; try discriminate.
  destruct (mapo _ (within m masks)) as [L|] eqn:EL; try discriminate. rewrite !andb_true_iff. intros [Hp [Hs [[Hi Hc] Hq]]].
  apply mapo_F2 in EL. set (dv := ([], []) : vert). set (vx := fun x : nat * list bool * nat => nth (fst (fst x)) V dv).
  assert (LX : forall x, In x L -> exists v, nth_error V (fst (fst x)) = Some v /\ vx x = v /\ snd (fst x) = smask v /\ (cnt (smask v) <= m)%nat /\ forest m masks par (length masks) (fst (fst x)) = Some (snd x)).
  { intros x I. destruct (F2_in_r _ _ _ EL x I) as ([i s] & J & E). simpl in E. destruct (forest m masks par (length masks) i) as [r|] eqn:E2; try discriminate. simpl in E. injection E; intros; subst x. cbn [fst snd].
    unfold within in J. apply filter_In in J. destruct J as [J C]. apply in_combine_seq in J. destruct J as [_ J]. rewrite Nat.sub_0_r in J. simpl in C. apply Nat.leb_le in C.
    destruct (mask_nth V i s J) as (v & G & <-). exists v. repeat split; auto. unfold vx. simpl. apply nth_error_nth; auto. }
  assert (XL : forall i v, nth_error V i = Some v -> (cnt (smask v) <= m)%nat -> exists r, In (i, smask v, r) L /\ forest m masks par (length masks) i = Some r).
  { intros i v G C. assert (J : In (i, smask v) (within m masks)).
    { unfold within. apply filter_In. split; [|simpl; apply Nat.leb_le; auto]. apply in_combine_seq. split; [lia|]. rewrite Nat.sub_0_r. apply map_nth_error; auto. }
    destruct (F2_in_l _ _ _ EL _ J) as (z & I & E). simpl in E. destruct (forest m masks par (length masks) i) as [r|]; try discriminate. simpl in E. injection E; intros; subst. exists r; split; auto. }
  set (VL := map (fun x => (vx x, snd x)) L).
  assert (HV : forall v l, In (v, l) VL -> exists x, In x L /\ vx x = v /\ snd x = l).
  { intros v l I. apply in_map_iff in I. destruct I as (x & E & I). injection E; intros; subst. exists x; auto. }
  assert (CI : forall x z, In x L -> In z L -> conn cols b m (vr (vx x)) (vr (vx z)) -> snd x = snd z).
  { intros x z I J. apply (comp_iff cols b V H m VL).
    - intros v l Q. destruct (HV v l Q) as (u & U1 & U2 & _). destruct (LX u U1) as (v' & G & E & _ & C & _). rewrite U2 in E; subst v'. split; auto. eapply nth_error_In; eauto.
    - intros v Q C. apply In_nth_error in Q. destruct Q as (i & G). destruct (XL i v G C) as (r & Q & _). exists r. apply in_map_iff. exists (i, smask v, r). split; auto. simpl. f_equal. unfold vx. simpl. apply nth_error_nth; auto.
    - intros v v' l Q Q'. destruct (HV _ _ Q) as (u & U1 & U2 & U3), (HV _ _ Q') as (u' & U1' & U2' & U3'). destruct (LX u U1) as (v1 & G & E & _ & C & Rt), (LX u' U1') as (v1' & G' & E' & _ & C' & Rt').
      rewrite U2 in E; subst v1. rewrite U2' in E'; subst v1'. rewrite U3 in Rt. rewrite U3' in Rt'.
      destruct (forest_ok cols b V H m par _ _ _ v Rt G C) as (r & G1 & _ & K1 & _). destruct (forest_ok cols b V H m par _ _ _ v' Rt' G' C') as (r' & G1' & _ & K1' & _).
      assert (r = r') by congruence. subst r'. eapply rst_trans; [exact K1|apply rst_sym; exact K1'].
    - intros v v' l l' Q Q' U. destruct (HV _ _ Q) as (u & U1 & U2 & U3), (HV _ _ Q') as (u' & U1' & U2' & U3'). destruct (LX u U1) as (v1 & _ & E & S1 & _), (LX u' U1') as (v1' & _ & E' & S1' & _).
      rewrite U2 in E; subst v1. rewrite U2' in E'; subst v1'.
      rewrite <- U3, <- U3'. destruct (pairs_In _ _ _ _ Hp U1 U1') as [X|[X|X]]; [congruence| |]; rewrite S1, S1' in X; apply orb_prop in X; destruct X as [X|X]; try (apply Nat.eqb_eq in X; congruence); apply Nat.ltb_lt in X.
      + lia.
      + rewrite ucnt_sym in X. lia.
    - apply in_map_iff. exists x; auto.
    - apply in_map_iff. exists z; auto. }
  set (sr := filter (fun x : nat * list bool * nat => (cnt (snd (fst x)) <? m)%nat) (filter (fun x : nat * list bool * nat => (snd x =? fst (fst x))%nat) L)) in *.
  assert (SR : forall x, In x sr <-> In x L /\ snd x = fst (fst x) /\ (cnt (snd (fst x)) < m)%nat).
  { intros x. unfold sr. rewrite !filter_In, Nat.eqb_eq, Nat.ltb_lt. tauto. }
  split.
  2:{ intros par' i j v v' r r' Ep G G' C C' Rt Rt'. injection Ep; intros; subst par'. destruct (XL i v G C) as (r1 & I & Q). destruct (XL j v' G' C') as (r1' & I' & Q').
    assert (r1 = r) by congruence. assert (r1' = r') by congruence. subst r1 r1'. specialize (CI _ _ I I'). unfold vx in CI. cbn [fst snd] in CI.
    rewrite (nth_error_nth _ _ _ G), (nth_error_nth _ _ _ G') in CI. auto. }
  exists (map vx sr). split; [|split; [|split; [|split; [|split; [|split]]]]].
  - intros r I. apply in_map_iff in I. destruct I as (x & <- & I). apply SR in I. destruct I as (I & _ & C). destruct (LX x I) as (v & G & -> & E & _). rewrite E in C. split; auto. eapply nth_error_In; eauto.
  - apply fop_map with (rel := fun x z => ~ conn cols b m (vr (vx x)) (vr (vx z))); auto. apply fop_nodup.
    + unfold sr. apply NoDup_filter, NoDup_filter. apply (NoDup_map_inv fst). assert (E : map fst L = within m masks).
      { clear -EL. induction EL as [|[i s] z l L E EL IH]; simpl; auto. rewrite IH. f_equal. simpl in E. destruct (forest m masks par (length masks) i); try discriminate. simpl in E. injection E; intros; subst; auto. }
      rewrite E. apply NoDup_filter, combine_seq_nodup.
    + intros x z I J C. apply SR in I. apply SR in J. destruct I as (I & E & _), J as (J & E' & _). apply CI in C; auto.
      destruct (LX x I) as (v & G & _ & S1 & _), (LX z J) as (v' & G' & _ & S1' & _). destruct x as [[i s] r], z as [[i' s'] r']. cbn [fst snd] in *. assert (i = i') by congruence. subst. rewrite G in G'. injection G'; intros; subst. auto.
  - intros v I C. apply In_nth_error in I. destruct I as (i & G). destruct (XL i v G ltac:(lia)) as (r & I & Rt).
    rewrite forallb_forall in Hs. specialize (Hs (i, smask v, r)). rewrite filter_In in Hs. cbn [fst snd] in Hs. rewrite Nat.ltb_lt in Hs. specialize (Hs (conj I C)).
    destruct (nth_error masks r) as [s|] eqn:Er; try discriminate. apply Nat.ltb_lt in Hs. destruct (mask_nth V r s Er) as (u & Gu & Eu).
    destruct (forest_ok cols b V H m par _ _ _ v Rt G ltac:(lia)) as (u' & Gu' & Cu & Kc & Pr). assert (u' = u) by congruence. subst u'.
    destruct (XL r u Gu ltac:(lia)) as (r2 & I2 & Rt2). assert (r2 = r).
    { destruct (length masks); simpl in Rt2; rewrite Pr, Nat.eqb_refl in Rt2; congruence. } subst r2.
    exists (vx (r, smask u, r)). split; [apply in_map, SR; cbn [fst snd]; repeat split; auto; congruence|]. replace (vx (r, smask u, r)) with u; auto. symmetry. unfold vx. simpl. apply nth_error_nth; auto.
  - apply Z.eqb_eq in Hc. rewrite Hc, zfact_ok, map_length. unfold zlen. rewrite Nat2Z.inj_add, Nat2Z.inj_mul. do 3 f_equal.
    apply FM.
  - intros Nz. apply Z.eqb_eq in Hi. rewrite Hi. assert (E : existsb (fun s => (cnt s =? 0)%nat) masks = false).
    { unfold masks. clear -Nz. induction V as [|v V0 IH]; simpl in *; auto. apply andb_prop in Nz. destruct Nz as [A B]. apply Nat.ltb_lt in A. rewrite (IH B), orb_false_r. apply Nat.eqb_neq. lia. }
    rewrite E, zfact_ok. unfold zlen. rewrite Nat2Z.inj_mul. do 2 f_equal. apply FM.
  - intros (v & Iv & Z). apply Z.eqb_eq in Hi. rewrite Hi. assert (E : existsb (fun s => (cnt s =? 0)%nat) masks = true).
    { apply existsb_exists. exists (smask v). split; [apply in_map; auto|apply Nat.eqb_eq; auto]. } rewrite E. auto.
  - apply Z.eqb_eq in Hq. rewrite Hq. unfold zlen. rewrite Nat2Z.id. set (rt := filter (fun x : nat * list bool * nat => (snd x =? fst (fst x))%nat) L).
    assert (RT : forall x, In x rt <-> In x L /\ snd x = fst (fst x)) by (intros x; unfold rt; rewrite filter_In, Nat.eqb_eq; tauto).
    assert (Self : forall i r v, nth_error V i = Some v -> forest m masks par (length masks) i = Some r -> (cnt (smask v) <= m)%nat ->
      exists u, In (r, smask u, r) rt /\ vx (r, smask u, r) = u /\ conn cols b m (vr v) (vr u)).
    { intros i r v G Rt C. destruct (forest_ok cols b V H m par _ _ _ v Rt G C) as (u & Gu & Cu & Kc & Pr).
      destruct (XL r u Gu Cu) as (r2 & I2 & Rt2). assert (r2 = r) by (destruct (length masks); simpl in Rt2; rewrite Pr, Nat.eqb_refl in Rt2; congruence). subst r2.
      exists u. split; [apply RT; auto|]. split; auto. unfold vx. simpl. apply nth_error_nth; auto. }
    exists (map (fun x => vr (vx x)) rt). split; [apply map_length|]. split; [|split].
    + apply Forall_forall. intros c I. apply in_map_iff in I. destruct I as (x & <- & I). apply RT in I. destruct I as [I _]. destruct (LX x I) as (v & G & -> & E & C & _).
      assert (Iv : In v V) by (eapply nth_error_In; eauto). split; [apply H; auto|]. rewrite (vr_nnz cols b V H); auto.
    + apply fop_map with (rel := fun x z => ~ conn cols b m (vr (vx x)) (vr (vx z))); auto. apply fop_nodup.
      * apply NoDup_filter. apply (NoDup_map_inv fst). assert (E : map fst L = within m masks).
        { clear -EL. induction EL as [|[i s] z l L E EL IH]; simpl; auto. rewrite IH. f_equal. simpl in E. destruct (forest m masks par (length masks) i); try discriminate. simpl in E. injection E; intros; subst; auto. }
        rewrite E. apply NoDup_filter, combine_seq_nodup.
      * intros x z I J C. apply RT in I. apply RT in J. destruct I as (I & E), J as (J & E'). apply CI in C; auto.
        destruct (LX x I) as (v & G & _ & S1 & _), (LX z J) as (v' & G' & _ & S1' & _). destruct x as [[i s] r], z as [[i' s'] r']. cbn [fst snd] in *. assert (i = i') by congruence. subst. rewrite G in G'. injection G'; intros; subst. auto.
    + intros c Pc. destruct (ok_cover cols b V H c ltac:(apply Pc)) as (v & Iv & Pv). assert (Cv : (cnt (smask v) <= m)%nat) by (apply poss_nnz in Pv; destruct Pc; lia).
      apply In_nth_error in Iv as Gv. destruct Gv as (i & G). destruct (XL i v G Cv) as (r & _ & Rt). destruct (Self i r v G Rt Cv) as (u & Iu & Eu & Kc).
      exists (vr u). split; [apply in_map_iff; exists (r, smask u, r); rewrite Eu; auto|]. eapply rst_trans; [|exact Kc].
      assert (Kp : conn cols b m c (vr v)).
      { apply rst_step. split; [apply Pc|]. split; [apply H; auto|]. intros t Ht. split; [apply feas_lerp; try apply H; auto; try apply Pc; apply lerp_nonneg; auto; [apply Pc|apply H; auto]|].
          assert (exists s, supin c s /\ cnt s = nnz c) as (s & S2 & S3).
          { destruct Pc as ((_ & Fp & _) & _). clear -Fp. induction c as [|x c IH]. exists []; split; [constructor|auto]. inversion Fp; subst. destruct (IH H2) as (s & A & B). exists ((if Req_EM_T x 0 then false else true) :: s).
            split; simpl; [constructor; auto; destruct (Req_EM_T x 0); tauto|destruct (Req_EM_T x 0); lia]. }
          eapply Nat.le_trans. apply (lerp_nnz t s (smask v)); auto. apply H; auto. rewrite ucnt_sym. eapply Nat.le_trans. apply (ucnt_self _ c s); auto. destruct Pc; lia. }
      exact Kp.
Qed.
Lemma width_ok w : check_width masks w = true -> counted w.
Proof. intros E. apply width_labels; auto. Qed.
End W.

Lemma conn_mono cols b m m' c d : (m <= m')%nat -> conn cols b m c d -> conn cols b m' c d.
Proof.
  intros L. induction 1 as [c d (A & B & S0)|c|c d _ IH|c d e _ IH1 _ IH2].
  - apply rst_step. split; auto. split; auto. intros t Ht. destruct (S0 t Ht) as [F N]. split; auto. lia.
  - apply rst_refl.
  - apply rst_sym; auto.
  - eapply rst_trans; eauto.
Qed.
Lemma full_nil V m : (forall v, In v V -> (cnt (smask v) < m)%nat) -> full V m = [].
Proof.
  intros H. unfold full. induction V as [|v V IH]; simpl; auto. pose proof (H v ltac:(simpl; auto)). destruct (Nat.eqb_spec (cnt (smask v)) m); [lia|]. apply IH. intros; apply H; simpl; auto.
Qed.
(** the number of classes is one number *)
Lemma classes_le {A} (rel : A -> A -> Prop) : (forall x z, rel x z -> rel z x) -> (forall x z u, rel x z -> rel z u -> rel x u) ->
  forall reps reps', ForallOrdPairs (fun x z => ~ rel x z) reps -> (forall x, In x reps -> exists z, In z reps' /\ rel x z) -> (length reps <= length reps')%nat.
Proof.
  intros Sy Tr. induction reps as [|x reps IH]; intros reps' F Ex; simpl; [lia|]. inversion F as [|x0 l F1 F2]; subst.
  destruct (Ex x (or_introl eq_refl)) as (z & I & R0). apply in_split in I. destruct I as (l1 & l2 & ->). rewrite app_length. simpl.
  assert (length reps <= length (l1 ++ l2))%nat; [|rewrite app_length in *; lia]. apply IH; auto. intros u J. destruct (Ex u (or_intror J)) as (z' & I' & R'). exists z'. split; auto.
  apply in_app_iff in I'. apply in_app_iff. destruct I' as [I'|[<-|I']]; auto. exfalso. rewrite Forall_forall in F1. apply (F1 u J). eapply Tr; eauto.
Qed.
Lemma classes_unique {A} (so : A -> Prop) (rel : A -> A -> Prop) k k' : (forall x z, rel x z -> rel z x) -> (forall x z u, rel x z -> rel z u -> rel x u) -> classes so rel k -> classes so rel k' -> k = k'.
Proof.
  intros Sy Tr (l & L & S & F & E) (l' & L' & S' & F' & E'). rewrite Forall_forall in S, S'. apply Nat.le_antisymm.
  - rewrite <- L, <- L'. apply (classes_le rel); auto.
  - rewrite <- L, <- L'. apply (classes_le rel); auto.
Qed.
Section Final.
Variable K : Type.
Variables (k0 k1 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).
Variable phi : K -> R.
Hypothesis phi0 : phi k0 = 0.
Hypothesis phi1 : phi k1 = 1.
Hypothesis phi_add : forall x z, phi (kadd x z) = phi x + phi z.
Hypothesis phi_mul : forall x z, phi (kmul x z) = phi x * phi z.
Hypothesis phi_opp : forall x, phi (kopp x) = - phi x.
Hypothesis sgn_ok : forall x, match ksgn x with Some Lt => phi x < 0 | Some Eq => phi x = 0 | Some Gt => 0 < phi x | None => True end.
Notation pv := (map phi).
Notation cert := (cert K).
(** the listed points of P *)
Definition points (C : cert) : list (list R) := map (fun v => place (length (c_atoms K C)) O (fst v) (pv (snd v))) (c_verts K C).
Definition problem_of (C : cert) : problem := prob K phi (c_data K C).
Definition atoms_of (C : cert) : list neuron := map (rat K phi) (c_atoms K C).
Definition features (C : cert) : list (list R) := cols (problem_of C) (atoms_of C).
Definition fit_of (C : cert) : list R := pv (c_fit K C).

Record shape_holds (C : cert) : Prop := {
  (** kappa is feasible for the dual *)
  H_dual : forall w, length w = dim (problem_of C) -> Rabs (pull (problem_of C) (pv (c_kappa K C)) w) <= beta (problem_of C) * norm w;
  (** no network of any width has a smaller objective; the value is attained exactly from width m* on *)
  H_lower : forall m th, net (problem_of C) m th -> phi (c_value K C) <= obj (problem_of C) th;
  H_attained : forall m, (exists th, net (problem_of C) m th /\ obj (problem_of C) th = phi (c_value K C)) <-> (c_mstar K C <= m)%nat;
  (** the optimal networks of width m >= m*: slots (atom, mass) whose masses merge to a point of P; all have the listed fit *)
  H_optimal : forall m, (c_mstar K C <= m)%nat -> forall th, optimal (problem_of C) m th <->
    exists T, Slots (atoms_of C) (features C) (fit_of C) m T /\ th = map (neu (problem_of C) (atoms_of C)) T;
  H_fit : forall m, (c_mstar K C <= m)%nat -> forall th, optimal (problem_of C) m th -> map (out th) (X (problem_of C)) = fit_of C;
  (** the listed points are exactly the vertices of P, and P is their hull *)
  H_vertices : forall x, extreme (features C) (fit_of C) x <-> In x (points C);
  H_hull : forall c, feas (features C) (fit_of C) c <-> hull (points C) c;
  (** the rank of the features, of those that P uses, the dimension of P *)
  H_rank : rank (features C) (c_rank K C);
  H_used : used_rank (features C) (fit_of C) (c_used K C);
  H_dimension : affine_dimension (feas (features C) (fit_of C)) (c_dim K C);
  (** M* and the spectrum: the vertices with supports of each size, counted *)
  H_Mstar : (forall x, extreme (features C) (fit_of C) x -> (nnz x <= c_Mstar K C)%nat) /\ exists x, extreme (features C) (fit_of C) x /\ nnz x = c_Mstar K C;
  H_spectrum : forall k n, (0 < n)%nat -> (In (k, n) (c_spectrum K C) <-> number (fun x => extreme (features C) (fit_of C) x /\ nnz x = k) n);
  (** the listed widths: from m* to one past the threshold *)
  H_widths : map w_m (c_widths K C) = seq (c_mstar K C) (2 + c_threshold K C - c_mstar K C);
  (** T8: the classes of optimal networks, the isolated ones among them, and the components of P_m, counted *)
  H_components : forall w, In w (c_widths K C) -> classes (optimal (problem_of C) (w_m w)) (joined (problem_of C) (w_m w)) (Z.to_nat (w_comps w));
  (** "joined" is "joined by a path of optimal networks": the classes are the path components of Theta_m *)
  H_paths : forall m, (c_mstar K C <= m)%nat -> forall th th', optimal (problem_of C) m th -> optimal (problem_of C) m th' ->
    (joined (problem_of C) m th th' <-> path (problem_of C) m th th');
  H_isolated : forall w, In w (c_widths K C) -> number (isolated_net (problem_of C) (w_m w)) (Z.to_nat (w_iso w));
  H_polytope : forall w, In w (c_widths K C) -> classes (inPm (features C) (fit_of C) (w_m w)) (conn (features C) (fit_of C) (w_m w)) (Z.to_nat (w_poly w));
  (** the least width from which the optimal networks are connected for good, and its bounds *)
  H_threshold : forall t, (c_mstar K C <= t)%nat -> ((forall m, (t <= m)%nat -> connected (problem_of C) m) <-> (c_threshold K C <= t)%nat);
  H_bound : c_bound K C = Nat.min (c_mstar K C + c_Mstar K C) (S (c_rank K C)) /\
    c_bound_talk K C = Nat.min (c_mstar K C + c_Mstar K C) (S (length (X (problem_of C)))) /\ (c_threshold K C <= c_bound K C)%nat;
  (** T7, where the fit is not 0 (m* > 0) *)
  H_verdicts : c_verdicts K C = repeat (if (c_mstar K C =? 0)%nat then None else Some true) 5;
  H_T7_1 : (0 < c_mstar K C)%nat -> forall th, optimal (problem_of C) (c_mstar K C) th -> isolated_net (problem_of C) (c_mstar K C) th;
  H_T7_2 : (0 < c_mstar K C)%nat -> forall m, (c_mstar K C < m)%nat -> exists th, optimal (problem_of C) m th /\ ~ isolated_net (problem_of C) m th;
  H_T7_3 : (0 < c_mstar K C)%nat -> exists th, isolated_net (problem_of C) (c_Mstar K C) th;
  H_T7_4 : (0 < c_mstar K C)%nat -> forall m, (c_Mstar K C < m)%nat -> (forall th, ~ isolated_net (problem_of C) m th) /\
    forall th th', optimal (problem_of C) m th -> Permutation th th' -> joined (problem_of C) m th th';
  H_T7_5 : (0 < c_mstar K C)%nat -> forall m, (c_bound K C <= m)%nat -> connected (problem_of C) m }.
Record claims_hold (C : cert) : Prop := {
  (** the topes, counted *)
  H_patterns : number (fun s => exists h, generic (problem_of C) h /\ pattern (problem_of C) h = s) (Z.to_nat (c_patterns K C));
  (** and all else *)
  H_shape : shape_holds C }.

(** what the other theorems about networks rest on: kappa's optimality, its atoms, and the vertices V of P *)
Record grounds (C : cert) (off : list R) (V : list vert) : Prop := {
  G_beta : 0 < beta (problem_of C);
  G_square : beta (problem_of C) * beta (problem_of C) = phi (d_b2 K (c_data K C));
  G_om : Forall (fun o => 0 < o) (om (problem_of C));
  G_len : length (y (problem_of C)) = length (X (problem_of C)) /\ length (om (problem_of C)) = length (X (problem_of C)) /\
    length (fit_of C) = length (X (problem_of C)) /\ length off = length (X (problem_of C)) /\ length (pv (c_kappa K C)) = length (X (problem_of C));
  G_y : forall i, nth i (y (problem_of C)) 0 = nth i (fit_of C) 0 + nth i off 0;
  G_kappa : forall i, nth i (pv (c_kappa K C)) 0 = nth i (om (problem_of C)) 0 * nth i off 0;
  G_feas : forall w, length w = dim (problem_of C) -> Rabs (pull (problem_of C) (pv (c_kappa K C)) w) <= beta (problem_of C) * norm w;
  G_tight : forall s w, s = 1 \/ s = -1 -> length w = dim (problem_of C) -> 0 < norm w -> s * pull (problem_of C) (pv (c_kappa K C)) w = beta (problem_of C) * norm w ->
    exists a g, nth_error (atoms_of C) a = Some (s, g) /\ w = map (Rmult (norm w / beta (problem_of C))) g;
  G_atom : forall s g, In (s, g) (atoms_of C) -> (s = 1 \/ s = -1) /\ length g = dim (problem_of C) /\
    dot g g = beta (problem_of C) * beta (problem_of C) /\ s * pull (problem_of C) (pv (c_kappa K C)) g = beta (problem_of C) * beta (problem_of C);
  G_distinct : NoDup (atoms_of C);
  G_ok : ok (features C) (fit_of C) V;
  G_masks : exists vs, mapo (fun v => dense K k0 ksgn (length (c_atoms K C)) O (fst v) (snd v)) (c_verts K C) = Some vs /\ map fst vs = map smask V;
  G_widths : forall w, In w (c_widths K C) -> (c_mstar K C <= w_m w)%nat /\ check_width (map smask V) w = true;
  G_some : forall m, (c_mstar K C <= m)%nat -> exists v, In v V /\ (cnt (smask v) <= m)%nat }.

(** kappa bounded, and tight at the listed atoms only *)
Definition bounded (D : data K) (kappa : list K) (atoms : list (bool * list K)) := let P := prob K phi D in
  forall w, length w = dim P -> forall s, (if s : bool then 1 else -1) * pull P (pv kappa) w <= beta P * norm w /\
    (0 < norm w -> (if s then 1 else -1) * pull P (pv kappa) w = beta P * norm w ->
      exists at_, In at_ atoms /\ fst at_ = s /\ w = map (Rmult (norm w / beta P)) (pv (snd at_))).
(** what is needed to speak of the dual at all *)
Definition well_formed (D : data K) : Prop := forallb (lenb (d_dim K D)) (d_X K D) = true /\
  forallb (fun x => zerorow K ksgn x || nonzero K ksgn x) (d_X K D) = true /\ is K ksgn Gt (d_b2 K D) = true.
Theorem shape_grounds by_ C : (well_formed (c_data K C) -> by_ C = true -> bounded (c_data K C) (c_kappa K C) (c_atoms K C)) ->
  check_with K k0 k1 kadd kmul kopp ksgn by_ C = true -> shape_holds C /\ (exists off V, grounds C off V) /\ well_formed (c_data K C) /\ by_ C = true.
Proof.
  intros By. unfold check_with. destruct (mapo _ (c_verts K C)) as [vs|] eqn:Ev; try discriminate. unfold shape. set (D := c_data K C) in *. set (N := length (c_atoms K C)).
  conjuncts. intros h1 h2 h3 h4 h5 h6 h7 h8 h11 h12 h13 h14 h15 h16 h17 h18 h19 h20 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 hby _.
  assert (Wf : well_formed D) by (repeat split; auto).
  set (P := prob K phi D). set (kap := pv (c_kappa K C)). set (fit := pv (c_fit K C)). set (at_s := map (rat K phi) (c_atoms K C)).
  set (koff := map (fun p => ksub K kadd kopp (fst p) (snd p)) (combine (d_y K D) (c_fit K C))). set (off := pv koff).
  apply Nat.eqb_eq in h1, h2, h3, h4.
  pose proof (beta_pos K ksgn phi sgn_ok D h7) as Hb. pose proof (beta_sq K ksgn phi sgn_ok D h7) as Hbs.
  assert (Hom : Forall (fun o => 0 < o) (om P)).
  { apply Forall_forall. intros o I. simpl in I. apply in_map_iff in I. destruct I as (x & <- & I). rewrite forallb_forall in h8. apply (is_gt K ksgn phi sgn_ok), h8; auto. }
  assert (Lf : length (d_y K D) = length (c_fit K C)) by congruence.
  assert (Hlen : length (y P) = length (X P) /\ length (om P) = length (X P) /\ length fit = length (X P) /\ length off = length (X P) /\ length kap = length (X P)).
  { simpl. unfold fit, off, koff, kap. rewrite !map_length, combine_length, Lf, Nat.min_id. repeat split; congruence. }
  unfold optimum in h13. apply andb_prop in h13. destruct h13 as [o1 o2]. fold koff in o1, o2.
  apply (veq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in o1. apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in o2.
  assert (Hy : forall i, nth i (y P) 0 = nth i fit 0 + nth i off 0) by (intros i; apply (sub_nth K kadd kopp phi phi_add phi_opp); auto).
  assert (Hk : forall i, nth i kap 0 = nth i (om P) 0 * nth i off 0).
  { intros i. unfold kap. rewrite <- o1. apply (mul_nth K kmul phi phi_mul). unfold koff. rewrite map_length, combine_length. lia. }
  assert (Hval : phi (c_value K C) = value kap fit off).
  { unfold value. rewrite !phi_add, !(phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul) in o2. fold kap fit off in o2. lra. }
  assert (Dual : forall w, length w = dim P -> forall s, (if s : bool then 1 else -1) * pull P kap w <= beta P * norm w /\
    (0 < norm w -> (if s then 1 else -1) * pull P kap w = beta P * norm w -> exists at_, In at_ (c_atoms K C) /\ fst at_ = s /\ w = map (Rmult (norm w / beta P)) (pv (snd at_))))
    by (exact (By Wf hby)).
  assert (Hfeas : forall w, length w = dim P -> Rabs (pull P kap w) <= beta P * norm w).
  { intros w L. destruct (Dual w L true) as [A _], (Dual w L false) as [B _]. apply Rabs_le. lra. }
  assert (Htight : forall s w, s = 1 \/ s = -1 -> length w = dim P -> 0 < norm w -> s * pull P kap w = beta P * norm w ->
    exists a g, nth_error at_s a = Some (s, g) /\ w = map (Rmult (norm w / beta P)) g).
  { intros s w Hs L Nw E. assert (exists at_, In at_ (c_atoms K C) /\ (if fst at_ then 1 else -1) = s /\ w = map (Rmult (norm w / beta P)) (pv (snd at_))) as (at_ & I & S1 & W).
    { destruct Hs as [-> | ->]; [destruct (Dual w L true) as [_ A]|destruct (Dual w L false) as [_ A]]; destruct (A Nw E) as (at_ & I & S1 & W); exists at_; rewrite S1; auto. }
    apply (in_map (rat K phi)) in I. fold at_s in I. apply In_nth_error in I. destruct I as (i & I). exists i, (pv (snd at_)). split; auto. rewrite I. unfold rat. rewrite S1. auto. }
  assert (AOk : forall at_, In at_ (c_atoms K C) -> atom_ok K k0 kadd kmul kopp ksgn D (c_kappa K C) at_ = true) by (apply forallb_forall; auto).
  assert (FeatE : map pv (map (feat K k0 kadd kmul kopp ksgn D) (c_atoms K C)) = cols P at_s).
  { unfold cols, at_s. rewrite !map_map. apply map_ext_in. intros at_ I. apply AOk in I. unfold atom_ok in I. rewrite !andb_true_iff in I. destruct I as [[[_ A] _] _].
    apply (feat_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok); auto. }
  assert (Kfeat : forall at_, In at_ (c_atoms K C) -> dot kap (feature P (rat K phi at_)) = beta P * beta P).
  { intros at_ I. apply AOk in I. unfold atom_ok in I. rewrite !andb_true_iff in I. destruct I as [[[_ A] _] B].
    unfold P. rewrite <- (feat_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D at_ A). unfold kap.
    rewrite <- (phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul). simpl. rewrite Hbs. apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok); auto. }
  assert (Hatom : forall s g, In (s, g) at_s -> (s = 1 \/ s = -1) /\ length g = dim P /\ dot g g = beta P * beta P /\ s * pull P kap g = beta P * beta P).
  { intros s g I. apply in_map_iff in I. destruct I as (at_ & E & I). pose proof (Kfeat at_ I) as Kf. apply AOk in I. unfold atom_ok in I. rewrite !andb_true_iff in I. destruct I as [[[A1 A2] A3] A4].
    unfold rat in E. injection E; intros Eg Es. split; [destruct (fst at_); auto|]. subst g. split; [rewrite map_length; apply Nat.eqb_eq; auto|]. split.
    - rewrite <- (phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul). simpl. rewrite Hbs. apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok); auto.
    - rewrite <- Kf. unfold pull, feature, rat. simpl. rewrite <- dot_map_scal, Es. auto. }
  assert (Hdist : NoDup at_s) by (apply (pairs_nodup (differ K kadd kopp ksgn)); auto; apply (differ_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok)).
  set (V := map (fun v : list bool * list K => (fst v, pv (snd v))) vs).
  assert (EV : points C = map vr V).
  { unfold points, V. fold N. fold N in Ev. rewrite map_map. apply mapo_F2 in Ev. clear -Ev phi0. induction Ev as [|x z l L E Ev IH]; simpl; auto. rewrite IH. f_equal.
    destruct z as [mk c]. apply (dense_place K k0 ksgn phi phi0 _ _ _ _ _ _ E). }
  assert (EM : map fst vs = map smask V) by (unfold V; rewrite map_map; auto).
  set (F := cols P at_s) in *. assert (LF : length F = N) by (unfold F, cols, at_s; rewrite !map_length; auto).
  assert (VO : forall v, In v vs -> length (snd v) = N /\ poss (fst v) (pv (snd v)) /\ supin (pv (snd v)) (fst v)).
  { intros [mk c] I. destruct (F2_in_r _ _ _ (mapo_F2 _ _ _ Ev) _ I) as (x & _ & E). apply (dense_ok K k0 ksgn phi phi0 sgn_ok) in E. auto. }
  assert (Hok : ok F fit V).
  { constructor.
    - intros v I. apply in_map_iff in I. destruct I as (u & <- & I). destruct (VO u I) as (L & Q1 & Q2). unfold smask, vr. cbn [fst snd]. split; [|auto].
      rewrite forallb_forall in h14. specialize (h14 u I). unfold vert_ok in h14. rewrite forallb_forall in h14. split; [|split].
      + rewrite map_length. congruence.
      + clear -Q1 Q2. revert Q2. induction Q1 as [|b x s c B Q1 IH]; intros Q2; inversion Q2; subst; constructor; auto.
        destruct (Req_dec x 0) as [->|E]; [lra|]. apply Rlt_le; auto.
      + intros i. rewrite <- FeatE, <- (combination_ok K k0 kadd kmul phi phi0 phi_add phi_mul). destruct (Nat.lt_ge_cases i (length (d_X K D))) as [B|B].
        * specialize (h14 i). rewrite in_seq in h14. specialize (h14 ltac:(unfold n_; lia)). apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in h14. rewrite h14. unfold fit. rewrite <- phi0. symmetry. apply map_nth.
        * rewrite (combination_ok K k0 kadd kmul phi phi0 phi_add phi_mul), (comb_out (length (d_X K D))); auto.
          -- rewrite nth_overflow; auto. unfold fit. rewrite map_length. lia.
          -- intros a Ia. apply in_map_iff in Ia. destruct Ia as (a' & <- & Ia). apply in_map_iff in Ia. destruct Ia as (at_ & <- & _). unfold feat. rewrite !map_length. auto.
    - exists (map (ldot kap) F), (ldot kap fit). split; [apply map_length|]. split.
      + apply Forall_forall. intros r I. apply in_map_iff in I. destruct I as (f & <- & I). apply in_map_iff in I. destruct I as (u & <- & I). apply in_map_iff in I. destruct I as (at_ & <- & I).
        rewrite ldot_dot, Kfeat by auto. apply Rmult_lt_0_compat; auto.
      + intros c Fc. apply feas_wsum; auto.
    - intros c Fc. assert (LN : N = length (map (feat K k0 kadd kmul kopp ksgn D) (c_atoms K C))) by (rewrite map_length; auto).
      destruct (tree_ok K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok _ _ _ _ N LN _ _ h16 _ _ c (or_introl eq_refl)) as (s & I & Ps).
      + rewrite FeatE. exact Fc.
      + apply F2_repeat; [rewrite <- LF; apply Fc|discriminate].
      + apply F2_repeat; [rewrite <- LF; apply Fc|discriminate].
      + rewrite EM in I. apply in_map_iff in I. destruct I as (v & <- & I). exists v; auto.
    - rewrite <- EM. auto. }
  rewrite EM in *. assert (h17' : forall v, In v V -> (c_mstar K C <= cnt (smask v) <= c_Mstar K C)%nat).
  { intros v I. rewrite forallb_forall in h17. specialize (h17 (smask v) (in_map _ _ _ I)). apply andb_prop in h17. rewrite !Nat.leb_le in h17. auto. }
  assert (Ex1 : exists v, In v V /\ cnt (smask v) = c_mstar K C).
  { apply existsb_exists in h18. destruct h18 as (s & I & E). apply Nat.eqb_eq in E. apply in_map_iff in I. destruct I as (v & <- & I). exists v; auto. }
  assert (Hm : forall m, (c_mstar K C <= m)%nat -> exists v, In v V /\ (cnt (smask v) <= m)%nat).
  { intros m L. destruct Ex1 as (v & I & E). exists v. split; auto. lia. }
  assert (OS := fun m L => optimal_slots P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom V Hok m (Hm m L)).
  assert (Ws : forall w, In w (c_widths K C) -> (c_mstar K C <= w_m w)%nat /\ check_width (map smask V) w = true).
  { intros w I. rewrite forallb_forall in h20. specialize (h20 w I). apply andb_prop in h20. rewrite Nat.leb_le in h20. auto. }
  assert (Wc : forall w, In w (c_widths K C) -> classes (optimal P (w_m w)) (joined P (w_m w)) (Z.to_nat (w_comps w))).
  { intros w I. destruct (Ws w I) as [g1 g2]. destruct (width_ok F fit V Hok w g2) as (Rs & A & B & Cc & E & _). rewrite E, Nat2Z.id.
    apply (T8_classes P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok (w_m w) (Hm _ g1) Rs A B Cc). }
  assert (Fn : forall k, (c_Mstar K C < k)%nat -> full V k = []) by (intros k Lk; apply full_nil; intros v Iv; apply h17' in Iv; lia).
  (* beyond M* one component of P_m is one class, at this and at every larger width *)
  assert (Good : forall m, (c_Mstar K C < m)%nat -> (exists r, In r V /\ forall v, In v V -> conn F fit m (vr v) (vr r)) -> forall m', (m <= m')%nat -> connected P m').
  { intros m Lm (r & Ir & Cr) m' Lm'. assert (L' : (c_mstar K C <= m')%nat) by (pose proof (h17' r Ir); lia).
    assert (Tk := T8_classes P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m' (Hm m' L') [r]).
    change (Theta.full V m') with (full V m') in Tk. rewrite (Fn m') in Tk by lia. simpl in Tk. rewrite Nat.mul_0_r in Tk. apply Tk.
    - intros r' [<-|[]]. split; auto. pose proof (h17' r Ir). lia.
    - constructor; constructor.
    - intros v Iv _. exists r. split; auto. apply (conn_mono F fit m); auto. }
  assert (Wn : map w_m (c_widths K C) = seq (c_mstar K C) (length (c_widths K C))).
  { clear -r5. revert r5. generalize (seq (c_mstar K C) (length (c_widths K C))). induction (map w_m (c_widths K C)) as [|a l IH]; intros [|z l'] E; simpl in E; try discriminate; auto.
    apply andb_prop in E. destruct E as [E1 E2]. apply Nat.eqb_eq in E1. f_equal; auto. }
  unfold ends in r6. destruct (rev (c_widths K C)) as [|wl [|wb more]] eqn:Erev; try discriminate. rewrite !andb_true_iff in r6. destruct r6 as [[[[e1 e2] e3] e4] e5].
  apply Z.eqb_eq in e1, e2. apply Nat.eqb_eq in e3. apply Nat.ltb_lt in e4.
  assert (Ew : c_widths K C = rev more ++ [wb; wl]) by (rewrite <- (rev_involutive (c_widths K C)), Erev; simpl; rewrite <- app_assoc; auto).
  assert (Lw : length (c_widths K C) = (length more + 2)%nat) by (rewrite Ew, app_length, rev_length; auto).
  assert (Nw : forall i w, nth_error (c_widths K C) i = Some w -> w_m w = (c_mstar K C + i)%nat).
  { intros i w E. assert (Li : (i < length (c_widths K C))%nat) by (apply nth_error_Some; congruence). apply (map_nth_error w_m) in E. rewrite Wn in E.
    apply (nth_error_nth _ _ O) in E. rewrite seq_nth in E; auto. }
  assert (Mb : w_m wb = (c_mstar K C + length more)%nat) by (apply Nw; rewrite Ew, nth_error_app2; rewrite rev_length, ?Nat.sub_diag; auto).
  assert (Ml : w_m wl = (c_mstar K C + S (length more))%nat) by (apply Nw; rewrite Ew, nth_error_app2; rewrite rev_length; [replace (S (length more) - length more)%nat with 1%nat by lia; auto|lia]).
  assert (Ib : In wb (c_widths K C)) by (rewrite Ew; apply in_or_app; simpl; auto). assert (Il : In wl (c_widths K C)) by (rewrite Ew; apply in_or_app; simpl; auto).
  assert (Thr : forall m, (c_threshold K C <= m)%nat -> connected P m).
  { intros m L. destruct (Nat.eq_dec m (c_threshold K C)) as [->|Nm]; [rewrite <- e3; unfold connected; replace 1%nat with (Z.to_nat (w_comps wb)) by (rewrite e2; auto); auto|].
    apply (Good (w_m wl)); [lia| |lia]. destruct (Ws wl Il) as [_ g2]. destruct (width_ok F fit V Hok wl g2) as (_ & _ & _ & _ & _ & _ & _ & (reps & Lr & Fr & _ & Er)).
    rewrite e1 in Lr. destruct reps as [|c [|c2 reps]]; simpl in Lr; try (exfalso; lia). rewrite Forall_forall in Fr. pose proof (Fr c ltac:(simpl; auto)) as Pc.
    assert (Inp : forall v, In v V -> inPm F fit (w_m wl) (vr v)). { intros v I. split; [apply Hok; auto|]. rewrite (vr_nnz F fit V Hok v I). pose proof (h17' v I). lia. }
    destruct Ex1 as (r & Ir & _). exists r. split; auto. intros v Iv. destruct (Er (vr v) (Inp v Iv)) as (c1 & [<-|[]] & K1). destruct (Er (vr r) (Inp r Ir)) as (c1 & [<-|[]] & K2).
    eapply rst_trans; [exact K1|apply rst_sym; exact K2]. }
  assert (Nthr : (c_mstar K C <= c_threshold K C)%nat) by lia.
  apply Nat.leb_le in r9. apply Nat.eqb_eq in r2, r7, r8.
  assert (r3' : c_dim K C = (cnt (usedmask N (map smask V)) - c_used K C)%nat) by (apply Nat.eqb_eq in r3; lia).
  assert (Vne : V <> []) by (destruct Ex1 as (v & I & _); intros E; rewrite E in I; destruct I).
  (* rank *)
  set (FK := map (feat K k0 kadd kmul kopp ksgn D) (c_atoms K C)) in *. assert (LFK : length FK = N) by (unfold FK; rewrite map_length; auto).
  unfold dimension in r1. rewrite LFK in r1. rewrite !andb_true_iff in r1. destruct r1 as [[[[[[d1 d2] d3] d4] d5] d6] d7].
  set (bs := c_basis K C) in *. set (fr := map pv (c_frame K C)). set (U := usedmask N (map smask V)) in *.
  assert (Fnth : forall a, nth a F [] = pv (nth a FK [])) by (intros a; rewrite <- FeatE; change [] with (pv []) at 1; apply map_nth).
  assert (Rnd : NoDup bs).
  { unfold nodupb in d1. rewrite <- (map_id bs). apply (pairs_nodup (fun a z => negb (a =? z)%nat)); auto. intros x z E -> . rewrite Nat.eqb_refl in E. discriminate. }
  assert (Rin : forall a, In a bs -> (a < length F)%nat) by (intros a I; rewrite forallb_forall in d2; apply d2, Nat.ltb_lt in I; lia).
  assert (Rws : length fr = length bs) by (unfold fr; rewrite map_length; apply Nat.eqb_eq; auto).
  assert (Rco : forall a j, coef F fr a j = phi (kdot K k0 kadd kmul (nth j (c_frame K C) []) (nth a FK []))).
  { intros a j. unfold coef. rewrite Fnth. unfold fr. change [] with (pv []) at 1. rewrite map_nth. symmetry. apply (phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul). }
  assert (Run : forall i j, (i < length bs)%nat -> (j < length bs)%nat -> coef F fr (nth j bs O) i = if (i =? j)%nat then 1 else 0).
  { intros i j Li Lj. rewrite Rco. rewrite forallb_forall in d6. specialize (d6 i ltac:(apply in_seq; lia)). rewrite forallb_forall in d6. specialize (d6 j ltac:(apply in_seq; lia)).
    apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in d6. rewrite (nth_indep (map (fun b => nth b FK []) bs) [] (nth O FK [])) in d6 by (rewrite map_length; auto). rewrite (map_nth (fun b => nth b FK [])) in d6.
    rewrite d6. destruct (i =? j)%nat; auto. }
  assert (d7' : forall a, (a < N)%nat -> (forall i, (i < length (d_X K D))%nat -> phi (combination K k0 kadd kmul (map (fun b => nth b FK []) bs) (map (fun w => kdot K k0 kadd kmul w (nth a FK [])) (c_frame K C)) i) = phi (nth i (nth a FK []) k0)) /\
    (nth a U false = true -> forallb (is K ksgn Eq) (skipn (c_used K C) (map (fun w => kdot K k0 kadd kmul w (nth a FK [])) (c_frame K C))) = true)).
  { intros a La. rewrite forallb_forall in d7. specialize (d7 a ltac:(apply in_seq; lia)). apply andb_prop in d7. destruct d7 as [q1 q2]. split.
    - intros i Li. rewrite forallb_forall in q1. apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok), q1, in_seq. lia.
    - intros E. rewrite E in q2. exact q2. }
  assert (Short : forall a, (length (nth a F []) <= length (d_X K D))%nat).
  { intros a. rewrite Fnth, map_length. assert (Q : In (nth a FK []) FK \/ nth a FK [] = []) by (destruct (nth_in_or_default a FK []); auto). destruct Q as [I|Q]; [|rewrite Q; simpl; lia]. unfold FK in I at 2. apply in_map_iff in I. destruct I as (at_ & E & _). rewrite <- E. unfold feat. rewrite map_length. auto. }
  assert (Rsp : forall a, (a < length F)%nat -> forall i, comb (map (fun a => nth a F []) bs) (map (fun w => dot w (nth a F [])) fr) i = nth i (nth a F []) 0).
  { intros a La i. rewrite LF in La. destruct (Nat.lt_ge_cases i (length (d_X K D))) as [Li|Li].
    - destruct (d7' a La) as [q1 _]. specialize (q1 i Li). rewrite (combination_ok K k0 kadd kmul phi phi0 phi_add phi_mul) in q1.
      rewrite Fnth. replace (nth i (pv (nth a FK [])) 0) with (phi (nth i (nth a FK []) k0)) by (rewrite <- phi0; symmetry; apply map_nth). rewrite <- q1. f_equal.
      + rewrite map_map. apply map_ext. auto.
      + unfold fr. rewrite !map_map. apply map_ext. intros w. symmetry. apply (phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul).
    - rewrite (comb_out (length (d_X K D))); auto; [rewrite nth_overflow; auto; specialize (Short a); lia|]. intros f I. apply in_map_iff in I. destruct I as (a' & <- & _). apply Short. }
  assert (Rfi : forall j, (j < c_used K C)%nat -> nth (nth j bs O) U false = true).
  { intros j Lj. rewrite forallb_forall in d5. apply d5. apply Nat.leb_le in d4. rewrite <- (firstn_skipn (c_used K C) bs) at 1.
    rewrite app_nth1 by (rewrite firstn_length_le; auto). apply nth_In. rewrite firstn_length_le; auto. }
  assert (Rout : forall a, (a < length F)%nat -> nth a U false = true -> forall j, (c_used K C <= j < length bs)%nat -> coef F fr a j = 0).
  { intros a La Ua j Lj. rewrite LF in La. destruct (d7' a La) as [_ q2]. specialize (q2 Ua). rewrite forallb_forall in q2. rewrite Rco. apply (is_eq K ksgn phi sgn_ok). apply q2.
    set (l := map (fun w => kdot K k0 kadd kmul w (nth a FK [])) (c_frame K C)). apply Nat.eqb_eq in d3.
    replace (kdot K k0 kadd kmul (nth j (c_frame K C) []) (nth a FK [])) with (nth (j - c_used K C) (skipn (c_used K C) l) (kdot K k0 kadd kmul [] (nth a FK []))).
    - apply nth_In. rewrite skipn_length. unfold l. rewrite map_length. lia.
    - rewrite <- (map_nth (fun w => kdot K k0 kadd kmul w (nth a FK [])) (c_frame K C) [] j). fold l. rewrite <- (firstn_skipn (c_used K C) l) at 2.
      assert (Lfi : length (firstn (c_used K C) l) = c_used K C) by (apply firstn_length_le; unfold l; rewrite map_length; lia). rewrite app_nth2 by lia. rewrite Lfi. auto. }
  split; [|split; [|auto]].
  2:{ exists off, V. constructor; unfold problem_of, atoms_of, features, fit_of; fold D P at_s; fold F; fold fit kap; auto. exists vs. auto. }
  constructor; unfold problem_of, atoms_of, features, fit_of; fold D P at_s; fold F; fold fit kap; rewrite ?EV, ?Hval.
  - exact Hfeas.
  - intros m th Nt. apply (lower' P Hb kap fit off Hom Hlen Hy Hk Hfeas m th Nt).
  - intros m. split.
    + intros (th & Nt). apply (link' P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom th m) in Nt. destruct Nt as (T & (LT & _ & FT) & _).
      destruct (ok_cover _ _ _ Hok _ FT) as (v & I & Ps). apply h17' in I. apply poss_nnz in Ps. pose proof (nnz_merge at_s T). lia.
    + intros L. apply (opt_value P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom V Hok m (Hm m L)).
  - exact OS.
  - intros m L th O. apply (OS m L) in O. destruct O as (T & (LT & VT & FT) & ->). apply (fit_iff P Hb kap fit off at_s Hlen T VT). exact FT.
  - intros x. split; [intros E; apply (vertices_ok F fit V Hok) in E; destruct E as (v & I & ->); apply in_map; auto|].
    intros I. apply in_map_iff in I. destruct I as (v & <- & I). apply (vertices_ok F fit V Hok). exists v; auto.
  - apply (conv_ok F fit V Hok).
  - rewrite r2. apply (rank_ok F bs fr Rin Rws Run Rsp).
  - apply (used_rank_ok F fit V Hok Vne bs (c_used K C) fr U); auto; [apply Nat.leb_le; auto|rewrite LF; auto].
  - rewrite r3'. rewrite (cntU F fit V Hok bs (c_used K C) fr U); auto; [|apply Nat.leb_le; auto|rewrite LF; auto].
    rewrite Nat.add_sub. apply (dimension_ok F fit V Hok Vne bs (c_used K C) fr U); auto; [apply Nat.leb_le; auto|rewrite LF; auto].
  - apply (Mstar_ok F fit V Hok).
    + apply forallb_forall. intros v I. apply Nat.leb_le. apply h17'; auto.
    + apply existsb_exists in h19. destruct h19 as (s & I & E). apply in_map_iff in I. destruct I as (v & <- & I). apply existsb_exists. exists v; auto.
  - assert (Nk : forall k, number (fun x => extreme F fit x /\ nnz x = k) (length (full V k))).
    { intros k. exists (map vr (full V k)). split; [|split; [apply map_length|]].
      - assert (ND := antichain_nodup V (ok_anti _ _ _ Hok)). assert (G : forall l, NoDup l -> incl l V -> NoDup (map vr l)).
        { induction 1 as [|v l Nv _ IH]; simpl; intros Inc; constructor; [|apply IH; intros u Iu; apply Inc; simpl; auto]. intros I. apply in_map_iff in I. destruct I as (u & E & I).
          assert (u = v); [|subst; tauto]. apply (same_vert P kap fit off at_s Hlen V Hok); auto; apply Inc; simpl; auto. }
        apply G; [apply NoDup_filter; auto|]. intros v I. apply filter_In in I. apply I.
      - intros x. rewrite in_map_iff. split.
        + intros [E L]. apply (vertices_ok F fit V Hok) in E. destruct E as (v & I & ->). exists v. split; auto. apply filter_In. split; auto. rewrite <- (vr_nnz F fit V Hok v I). apply Nat.eqb_eq; auto.
        + intros (v & <- & I). apply filter_In in I. destruct I as [I E]. apply Nat.eqb_eq in E. split; [apply (vertices_ok F fit V Hok); exists v; auto|]. rewrite (vr_nnz F fit V Hok v I). auto. }
    assert (Un : forall A (so : A -> Prop) a b, number so a -> number so b -> a = b).
    { intros A so a b0 (l & N1 & L1 & Q1) (l' & N2 & L2 & Q2). rewrite <- L1, <- L2. apply Nat.le_antisymm; apply NoDup_incl_length; auto; intros x I; [apply Q2, Q1|apply Q1, Q2]; auto. }
    unfold spectrum in r4. rewrite !andb_true_iff in r4. destruct r4 as [[s1 s2] s3]. rewrite forallb_forall in s2, s3. intros k n0 Pn. split.
    + intros I. apply s2 in I. apply andb_prop in I. destruct I as [_ I]. apply Nat.eqb_eq in I. simpl in I. rewrite (FM V k) in I. rewrite I. apply Nk.
    + intros Q. pose proof (Un _ _ _ _ Q (Nk k)) as E. assert (exists v, In v V /\ cnt (smask v) = k) as (v & I & Ck).
      { destruct (full V k) as [|v l] eqn:Ef; [simpl in E; lia|]. assert (I : In v (full V k)) by (rewrite Ef; simpl; auto). apply filter_In in I. destruct I as [I J]. apply Nat.eqb_eq in J. exists v; auto. }
      specialize (s3 (smask v) (in_map _ _ _ I)). apply existsb_exists in s3. destruct s3 as ([k' n'] & J & Ek). apply Nat.eqb_eq in Ek. simpl in Ek.
      pose proof (s2 _ J) as J2. apply andb_prop in J2. destruct J2 as [_ J2]. apply Nat.eqb_eq in J2. simpl in J2. rewrite (FM V k') in J2. replace (k, n0) with (k', n'); auto. f_equal; congruence.
  - rewrite Wn, Lw. f_equal. lia.
  - exact Wc.
  - intros m L. apply (joined_iff_path P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m (Hm m L)).
  - intros w I. destruct (Ws w I) as [g1 g2]. destruct (width_ok F fit V Hok w g2) as (Rs & _ & _ & _ & _ & E & E0 & _). destruct (Nat.eq_dec (c_mstar K C) 0) as [Z|Z].
    + destruct Ex1 as (v & Iv & Cv). rewrite Z in Cv. rewrite E0 by (exists v; auto). apply (zero_count P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom V Hok (w_m w) (Hm _ g1) v Iv Cv).
    + rewrite E, Nat2Z.id.
      * apply (isolated_count P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok (w_m w) (Hm _ g1)). intros v Iv. apply h17' in Iv. lia.
      * apply forallb_forall. intros v Iv. apply Nat.ltb_lt. apply h17' in Iv. lia.
  - intros w I. destruct (Ws w I) as [_ g2]. destruct (width_ok F fit V Hok w g2) as (_ & _ & _ & _ & _ & _ & _ & Q). exact Q.
  - intros t Lt. split; [|intros L m Lm; apply Thr; lia]. intros G. destruct (Nat.le_gt_cases (c_threshold K C) t) as [L|L]; auto. exfalso.
    destruct more as [|w3 more]; [simpl in Mb; lia|]. apply negb_true_iff, Z.eqb_neq in e5. assert (I3 : In w3 (c_widths K C)) by (rewrite Ew; apply in_or_app; left; simpl; apply in_or_app; simpl; auto).
    assert (M3 : w_m w3 = (c_mstar K C + length more)%nat). { apply Nw. rewrite Ew. simpl. rewrite <- app_assoc, nth_error_app2; rewrite rev_length, ?Nat.sub_diag; auto. }
    simpl in Mb. assert (C3 := Wc w3 I3). assert (G3 : connected P (w_m w3)) by (apply G; lia).
    assert (E3 : Z.to_nat (w_comps w3) = 1%nat).
    { apply (classes_unique (optimal P (w_m w3)) (joined P (w_m w3))); auto; [intros x z; apply rst_sym|intros x z u; apply rst_trans]. } lia.
  - split; [auto|]. split; auto. rewrite r8. simpl. rewrite map_length. auto.
  - clear -r10 r11. apply Nat.eqb_eq in r10. revert r10 r11. generalize 5%nat. induction (c_verdicts K C) as [|v l IH]; intros n0 L E; simpl in *; subst n0; simpl; auto. apply andb_prop in E. destruct E as [E1 E2].
    f_equal; auto. unfold verdict in E1. destruct v as [[]|]; simpl in E1; try discriminate; destruct (c_mstar K C =? 0)%nat; auto; discriminate.
  - intros Pm th O. apply (T7_1 P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok (c_mstar K C) (Hm _ (Nat.le_refl _))); auto; intros v Iv; apply h17' in Iv; lia.
  - intros Pm m L. destruct Ex1 as (v & Iv & Cv). apply (T7_2 P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m (Hm m ltac:(lia))) with (v := v); auto; [intros u Iu; apply h17' in Iu; lia|lia].
  - intros Pm. apply existsb_exists in h19. destruct h19 as (s & I & E). apply in_map_iff in I. destruct I as (v & <- & I). apply Nat.eqb_eq in E.
    apply (T7_3 P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok (c_Mstar K C)) with (v := v); auto.
    + exists v. split; auto. lia.
    + intros u Iu. apply h17' in Iu. lia.
  - intros Pm m L. assert (Hm' := Hm m ltac:(destruct Ex1 as (v & Iv & _); apply h17' in Iv; lia)). split.
    + apply (T7_4 P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m Hm'); intros v Iv; apply h17' in Iv; lia.
    + apply (T7_4' P Hb kap fit off at_s Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m Hm'). intros v Iv; apply h17' in Iv; lia.
  - intros _ m L. apply Thr. lia.
Qed.
Theorem topes_bounded C : well_formed (c_data K C) -> by_topes K k0 kadd kmul kopp ksgn C = true -> bounded (c_data K C) (c_kappa K C) (c_atoms K C).
Proof.
  intros (h5 & h6 & h7). unfold by_topes. set (D := c_data K C) in *. rewrite andb_true_iff. intros [h9 h10]. destruct (tree_of_topes _ _ _ _ _ _ _ _ _ _) as [topes|] eqn:Ep; try discriminate.
  destruct topes as [|t0 ts] eqn:Et; try discriminate. rewrite <- Et in *. assert (Hne : topes <> []) by (rewrite Et; discriminate). clear Et. apply andb_prop in h10. destruct h10 as [_ h10].
  unfold bounded. intros w L s. destruct (cones K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok D (c_circuits K C) h9 topes _ _ Ep Hne w L) as (a & Ia & Ca & Va).
  destruct (dual_In K k0 kadd kmul kopp ksgn D _ _ _ _ _ h10 a Ia) as (m1 & m2 & d1 & d2). destruct s.
  - destruct (dual1_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D h7 h6 a w Ca Va _ _ _ _ m1 L d1); auto.
  - destruct (dual1_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D h7 h6 a w Ca Va _ _ _ _ m2 L d2); auto.
Qed.
Theorem topes_counted C : well_formed (c_data K C) -> by_topes K k0 kadd kmul kopp ksgn C = true ->
  number (fun s => exists h, generic (problem_of C) h /\ pattern (problem_of C) h = s) (Z.to_nat (c_patterns K C)).
Proof.
  intros (_ & h6 & _). unfold by_topes. rewrite andb_true_iff. intros [h9 h10]. destruct (tree_of_topes _ _ _ _ _ _ _ _ _ _) as [topes|] eqn:Ep; try discriminate.
  destruct topes as [|t0 ts] eqn:Et; try discriminate. rewrite <- Et in *. clear Et. apply andb_prop in h10. destruct h10 as [h10 _]. apply Z.eqb_eq in h10. rewrite h10. unfold zlen. rewrite Nat2Z.id.
  apply (patterns_ok K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok (c_data K C) h6 (c_circuits K C) h9 topes _ _ Ep).
Qed.
Theorem staircase_grounds C : check K k0 k1 kadd kmul kopp ksgn C = true -> claims_hold C /\ exists off V, grounds C off V.
Proof.
  intros H. destruct (shape_grounds (by_topes K k0 kadd kmul kopp ksgn) C (topes_bounded C) H) as (S & G & W & T). split; auto. constructor; auto. apply topes_counted; auto.
Qed.
Theorem staircase_correct C : check K k0 k1 kadd kmul kopp ksgn C = true -> claims_hold C.
Proof. intros H. apply staircase_grounds; auto. Qed.
End Final.
