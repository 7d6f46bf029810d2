(* From slots back to networks: the classes of optimal networks of the nonconvex problem. *)
From Coq Require Import List Bool Reals Lra Lia Relations Permutation Factorial.
From Cert Require Import Statement Polytope Networks Slots.
Import ListNotations.
Open Scope R_scope.

Lemma antichain_nodup V : antichain (map smask V) = true -> NoDup V.
Proof.
  assert (I : forall s, inside s s = true) by (induction s as [|[] s IH]; simpl; auto).
  unfold antichain. induction V as [|v V IH]; cbn [map pairs]; [constructor|]. intros E. apply andb_prop in E. destruct E as [E1 E2].
  constructor; auto. intros J. rewrite forallb_forall in E1. specialize (E1 (smask v) (in_map _ _ _ J)). rewrite I in E1. discriminate.
Qed.
Lemma fop_nodup {A} (rel : A -> A -> Prop) : forall l, NoDup l -> (forall x y, In x l -> In y l -> rel x y -> x = y) -> ForallOrdPairs (fun x y => ~ rel x y) l.
Proof.
  induction 1 as [|x l N ND IH]; intros K; constructor.
  - apply Forall_forall. intros y Hy R0. assert (x = y) by (apply K; simpl; auto). subst; auto.
  - apply IH. intros; apply K; simpl; auto.
Qed.
Lemma fop_app {A} (rel : A -> A -> Prop) : forall l1 l2, ForallOrdPairs rel l1 -> ForallOrdPairs rel l2 -> (forall x y, In x l1 -> In y l2 -> rel x y) -> ForallOrdPairs rel (l1 ++ l2).
Proof.
  induction 1; simpl; intros K1 K2; auto. constructor.
  - apply Forall_app. split; auto. apply Forall_forall. intros; apply K2; simpl; auto.
  - apply IHForallOrdPairs; auto.
Qed.
Lemma fop_map {A B} (f : A -> B) (rel : A -> A -> Prop) (rel' : B -> B -> Prop) : forall l,
  (forall x y, In x l -> In y l -> rel x y -> rel' (f x) (f y)) -> ForallOrdPairs rel l -> ForallOrdPairs rel' (map f l).
Proof.
  intros l K F. induction F as [|x l H F IH]; simpl; constructor.
  - rewrite Forall_forall in *. intros y Hy. apply in_map_iff in Hy. destruct Hy as (z & <- & Hz). apply K; simpl; auto.
  - apply IH. intros; apply K; simpl; auto.
Qed.

Section Theta.
Variable P : problem.
Hypothesis Hb : 0 < beta P.
Variables (kap fit off : list R) (atoms : list neuron).
Hypothesis Hom : Forall (fun o => 0 < o) (om P).
Hypothesis Hlen : length (y P) = length (X P) /\ length (om P) = length (X P) /\ length fit = length (X P) /\ length off = length (X P) /\ length kap = length (X P).
Hypothesis Hy : forall i, nth i (y P) 0 = nth i fit 0 + nth i off 0.
Hypothesis Hk : forall i, nth i kap 0 = nth i (om P) 0 * nth i off 0.
Hypothesis Hfeas : forall w, length w = dim P -> Rabs (pull P kap w) <= beta P * norm w.
Hypothesis Htight : forall s w, s = 1 \/ s = -1 -> length w = dim P -> 0 < norm w -> s * pull P kap w = beta P * norm w ->
  exists a g, nth_error atoms a = Some (s, g) /\ w = map (Rmult (norm w / beta P)) g.
Hypothesis Hatom : forall s g, In (s, g) atoms -> (s = 1 \/ s = -1) /\ length g = dim P /\ dot g g = beta P * beta P /\ s * pull P kap g = beta P * beta P.
Hypothesis Hdist : NoDup atoms.
Variable V : list vert.
Let F := cols P atoms.
Hypothesis Hok : ok F fit V.
Notation neu := (neu P atoms).
Notation S_ := (Slots atoms F fit).
Notation sconn := (sconn atoms F fit).
Notation smove := (smove atoms F fit).
Lemma FN : length F = length atoms. Proof. apply map_length. Qed.

Lemma link' th m : (net P m th /\ obj P th = value kap fit off) <-> exists T, S_ m T /\ th = map neu T.
Proof. exact (link P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom th m). Qed.
Lemma lower' m th : net P m th -> value kap fit off <= obj P th.
Proof. intros [_ W]. exact (lower P Hb kap fit off Hom Hlen Hy Hk Hfeas th W). Qed.
Lemma neu_at a c : 0 <= c -> neu (a, c) = scale (sqrt c) (neu (a, 1)).
Proof.
  intros Hc. unfold Networks.neu, scale. simpl. assert (E : sqrt (c / beta P) = sqrt c * sqrt (1 / beta P)).
  { rewrite <- sqrt_mult_alt by auto. f_equal. field. lra. }
  rewrite E, map_mult_mult. f_equal. ring.
Qed.
Lemma scale1 n : scale 1 n = n.
Proof. destruct n as [a w]. unfold scale. simpl. f_equal. ring. rewrite <- (map_id w) at 2. apply map_ext. intros; ring. Qed.
Lemma scale0 t : scale 0 (neu t) = (0, repeat 0 (dim P)).
Proof. unfold scale. rewrite map0, (len_neu P kap fit off atoms Hlen Hatom). f_equal. ring. Qed.
Lemma zero_ray t t' : valid atoms t' -> snd t = 0 -> ray (neu t) (neu t').
Proof.
  intros V' Z. exists (neu t'), 0, 1. repeat split; try lra. rewrite scale0. destruct t as [a c]; simpl in Z; subst. apply (neu0 P kap fit off atoms Hlen Hatom). symmetry; apply scale1.
Qed.
Lemma ray_sym n n' : ray n n' -> ray n' n.
Proof. intros (u & t & t' & A & B & C & D). exists u, t', t. auto. Qed.
Lemma compat_ray t t' : valid atoms t -> valid atoms t' -> compat t t' -> ray (neu t) (neu t').
Proof.
  intros V1 V2 [C|[C|C]].
  - destruct t as [a c], t' as [a' c']; simpl in *; subst. destruct V1 as [V1 _], V2 as [V2 _]; simpl in *.
    exists (neu (a', 1)), (sqrt c), (sqrt c'). repeat split; try apply sqrt_pos; apply neu_at; auto.
  - apply zero_ray; auto.
  - apply ray_sym, zero_ray; auto.
Qed.
Lemma dot_norm_scal r g : dot (map (Rmult r) g) (map (Rmult r) g) = r * r * dot g g.
Proof. rewrite dot_scal, dot_comm, dot_scal. ring. Qed.
Lemma ray_compat t t' : valid atoms t -> valid atoms t' -> ray (neu t) (neu t') -> compat t t'.
Proof.
  intros [V1 V1'] [V2 V2'] (u & p & q & Hp & Hq & E & E'). unfold compat.
  destruct (Req_dec (snd t) 0) as [Z|Z]; auto. destruct (Req_dec (snd t') 0) as [Z'|Z']; auto. left.
  destruct V1' as [V1'|]; [|tauto]. destruct V2' as [V2'|]; [|tauto]. destruct t as [a c], t' as [a' c']. simpl in *.
  destruct u as [al w]. unfold Networks.neu, scale in E, E'. simpl in E, E'. injection E as E1 E2. injection E' as E1' E2'.
  assert (I : In (at_ P atoms a) atoms) by (apply nth_In; auto). assert (I' : In (at_ P atoms a') atoms) by (apply nth_In; auto).
  destruct (at_ P atoms a) as [s g] eqn:A. destruct (at_ P atoms a') as [s' g'] eqn:A'. simpl in *.
  destruct (Hatom _ _ I) as (Hs & _ & Hg & _). destruct (Hatom _ _ I') as (Hs' & _ & Hg' & _).
  assert (R1 : 0 < sqrt (c / beta P)) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; lra).
  assert (R2 : 0 < sqrt (c' / beta P)) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; lra).
  set (r := sqrt (c / beta P)) in *. set (r' := sqrt (c' / beta P)) in *.
  assert (D1 : r * r * (beta P * beta P) = p * p * dot w w) by (rewrite <- Hg, <- !dot_norm_scal, E2; auto).
  assert (D2 : r' * r' * (beta P * beta P) = q * q * dot w w) by (rewrite <- Hg', <- !dot_norm_scal, E2'; auto).
  assert (Pp : 0 < p). { destruct (Req_dec p 0) as [->|]; [|lra]. exfalso. assert (0 < r * r * (beta P * beta P)) by (repeat apply Rmult_lt_0_compat; auto). lra. }
  assert (Qq : q * r = p * r').
  { assert (Q2 : (q * r) * (q * r) = (p * r') * (p * r')).
    { apply Rmult_eq_reg_r with (beta P * beta P); [|apply Rgt_not_eq, Rmult_lt_0_compat; auto].
      replace (q * r * (q * r) * (beta P * beta P)) with (q * q * (r * r * (beta P * beta P))) by ring. rewrite D1.
      replace (p * r' * (p * r') * (beta P * beta P)) with (p * p * (r' * r' * (beta P * beta P))) by ring. rewrite D2. ring. }
    apply Rsqr_inj; auto; apply Rmult_le_pos; lra. }
  assert (Pr : 0 < p * r') by (apply Rmult_lt_0_compat; auto).
  assert (Sg : s = s').
  { assert (T : q * (s * beta P * r) = p * (s' * beta P * r')) by (rewrite E1, E1'; ring).
    apply Rmult_eq_reg_r with (beta P * (p * r')); [|apply Rgt_not_eq, Rmult_lt_0_compat; auto].
    replace (s * (beta P * (p * r'))) with (s * (beta P * (q * r))) by (rewrite Qq; auto). lra. }
  assert (Gg : g = g').
  { apply map_mult_inj with (p * r'); [lra|]. rewrite <- Qq at 1. rewrite <- !map_mult_mult, E2, E2', !map_mult_mult. f_equal. f_equal. ring. }
  subst. apply (proj1 (NoDup_nth atoms (0, repeat 0 (dim P))) Hdist); auto. unfold at_ in A, A'. congruence.
Qed.
Lemma F2_ray T T' : Forall (valid atoms) T -> Forall (valid atoms) T' -> (Forall2 ray (map neu T) (map neu T') <-> Forall2 compat T T').
Proof.
  intros V1. revert T'. induction V1 as [|t T A V1 IH]; intros T' V2; destruct V2 as [|t' T' B V2]; simpl; split; intros K; inversion K; subst; constructor.
  - apply ray_compat; auto.
  - apply IH; auto.
  - apply compat_ray; auto.
  - apply IH; auto.
Qed.

Section Width.
Variable m : nat.
(** the optimum is attained at this width *)
Hypothesis Hm : exists v, In v V /\ (cnt (smask v) <= m)%nat.
Lemma opt_value : exists th, net P m th /\ obj P th = value kap fit off.
Proof.
  destruct Hm as (v & I & C). assert (L : length (pad m (supp (smask v))) = m) by (apply pad_len; rewrite supp_len; auto).
  exists (map neu (put [] (pad m (supp (smask v))) (vr v))). apply link'. eexists. split; [|eauto].
  apply (put_Slots atoms F fit V FN Hok); auto. apply (holds_pad F fit V Hok); auto.
Qed.
Theorem optimal_value th : optimal P m th <-> net P m th /\ obj P th = value kap fit off.
Proof.
  destruct opt_value as (t0 & N0 & E0). split.
  - intros [N1 O]. split; auto. apply Rle_antisym; [rewrite <- E0; apply O; auto|apply (lower' m); auto].
  - intros [N1 E]. split; auto. intros th' N'. rewrite E. apply (lower' m); auto.
Qed.
(** the optimal networks of width m are exactly the slots that merge to a point of P *)
Theorem optimal_slots th : optimal P m th <-> exists T, S_ m T /\ th = map neu T.
Proof. rewrite optimal_value. apply link'. Qed.
Lemma move_iff T T' : S_ m T -> S_ m T' -> (move P m (map neu T) (map neu T') <-> smove m T T').
Proof.
  intros A B. unfold move, Slots.smove. rewrite <- (F2_ray T T') by (apply A || apply B).
  split; [intros (_ & _ & C); auto|]. intros (_ & _ & C). repeat split; auto; apply optimal_slots; eauto.
Qed.
Lemma joined_sconn th th' : joined P m th th' -> forall T T', S_ m T -> S_ m T' -> th = map neu T -> th' = map neu T' -> sconn m T T'.
Proof.
  intros K. apply clos_rst_rst1n in K. induction K as [th|th th1 th2 M K IH]; intros T T' A B E E'.
  - subst. apply rst_step. apply move_iff; auto. rewrite <- E'. split; [apply optimal_slots; eauto|]. split; [apply optimal_slots; eauto|].
    apply F2_ray; try apply A. clear. induction T; constructor; auto. left; auto.
  - assert (M' : exists T1, S_ m T1 /\ th1 = map neu T1) by (apply optimal_slots; destruct M as [M|M]; apply M).
    destruct M' as (T1 & A1 & E1). eapply rst_trans; [|apply (IH T1 T'); auto]. subst.
    destruct M as [M|M]; apply move_iff in M; auto. apply rst_step; auto. apply rst_sym, rst_step; auto.
Qed.
Lemma sconn_joined T T' : sconn m T T' -> joined P m (map neu T) (map neu T').
Proof.
  induction 1 as [T T' M|T|T T' _ IH|T U W _ IH1 _ IH2].
  - apply rst_step, move_iff; auto; apply M.
  - apply rst_refl.
  - apply rst_sym; auto.
  - eapply rst_trans; eauto.
Qed.
Theorem joined_iff T T' : S_ m T -> S_ m T' -> (joined P m (map neu T) (map neu T') <-> sconn m T T').
Proof. intros A B. split; [|apply sconn_joined]. intros K. eapply joined_sconn; eauto. Qed.

(** ** T8: m! N_m + K_m classes *)
Definition full := filter (fun v => (cnt (smask v) =? m)%nat) V.
Definition isos := flat_map (fun v => map (fun p => put [] p (vr v)) (perms (supp (smask v)))) full.
Lemma full_In v : In v full <-> In v V /\ cnt (smask v) = m.
Proof. unfold full. rewrite filter_In, Nat.eqb_eq. tauto. Qed.
Lemma isos_len : length isos = (fact m * length full)%nat.
Proof.
  unfold isos. assert (K : forall v, In v full -> cnt (smask v) = m) by (intros v Hv; apply full_In; auto). revert K. generalize full.
  induction l as [|v l IH]; intros K; simpl; [lia|]. rewrite app_length, map_length, perms_len, supp_len, IH by (intros; apply K; simpl; auto).
  rewrite (K v) by (simpl; auto). lia.
Qed.
Lemma isos_In T : In T isos <-> S_ m T /\ exists v, In v V /\ cnt (smask v) = m /\ merge atoms T = vr v.
Proof.
  unfold isos. rewrite in_flat_map. split.
  - intros (v & I & J). apply full_In in I. destruct I as [I C]. apply in_map_iff in J. destruct J as (p & <- & J). apply perms_perm in J.
    assert (Hh : holds p v). { intros a Ha. apply (Permutation_in _ J). apply (proj2 (supp_In _ _)). apply (nz_iff F fit V Hok); auto. }
    assert (L : length p = m) by (rewrite <- (Permutation_length J), supp_len; auto).
    split. apply (put_Slots atoms F fit V FN Hok); auto. exists v. repeat split; auto. apply (put_merge atoms F fit V FN Hok); auto.
  - intros (S0 & v & I & C & E). exists v. split; [apply full_In; auto|]. destruct (F2_length_perm atoms F fit V FN Hok m v T I C S0 E) as [Pm ->].
    apply in_map_iff. exists (map fst T). split; auto. apply perms_perm; auto.
Qed.
Lemma same_vert v w : In v V -> In w V -> vr v = vr w -> v = w.
Proof.
  intros I J E. assert (S0 : smask v = smask w).
  { assert (L : length (smask v) = length (smask w)) by (rewrite !(mlen atoms F fit V FN Hok); auto).
    apply nth_ext with false false; auto. intros a _. pose proof (nz_iff F fit V Hok v a I) as A. pose proof (nz_iff F fit V Hok w a J) as B.
    rewrite E in A. destruct (nth a (smask v) false), (nth a (smask w) false); auto; [symmetry|]; tauto. }
  destruct v, w; unfold vr, smask in *; simpl in *; congruence.
Qed.
Lemma isos_nodup : NoDup isos.
Proof.
  apply nodup_flat.
  - apply NoDup_filter, antichain_nodup, Hok.
  - intros v Hv. apply FinFun.Injective_map_NoDup; [|apply perms_nodup, supp_nodup]. intros p q E. rewrite <- (put_fst (vr v) p []), <- (put_fst (vr v) q []), E. auto.
  - intros v w T I J A B. apply full_In in I. apply full_In in J. apply same_vert; try tauto.
    apply in_map_iff in A. destruct A as (p & <- & A). apply in_map_iff in B. destruct B as (q & E & B). apply perms_perm in A. apply perms_perm in B.
    rewrite <- (put_merge atoms F fit V FN Hok p v), <- (put_merge atoms F fit V FN Hok q w), E; try tauto.
    + intros a Ha. apply (Permutation_in _ B). apply (proj2 (supp_In _ _)). apply (nz_iff F fit V Hok); tauto.
    + intros a Ha. apply (Permutation_in _ A). apply (proj2 (supp_In _ _)). apply (nz_iff F fit V Hok); tauto.
Qed.
(** ** the isolated networks: m! N_m of them (y* <> 0) *)
Lemma neu_zero t z : valid atoms t -> snd t <> 0 -> snd z = 0 -> neu t <> neu z.
Proof.
  intros [A [B|B]] N Z E; [|tauto]. destruct t as [a c], z as [a' c']. simpl in *. subst c'. rewrite (neu0 P kap fit off atoms Hlen Hatom) in E.
  unfold Networks.neu in E. simpl in E. injection E; intros _ E1. assert (I : In (at_ P atoms a) atoms) by (apply nth_In; auto).
  destruct (at_ P atoms a) as [s g]. apply Hatom in I. destruct I as (Hs & _). simpl in E1.
  assert (R1 : 0 < sqrt (c / beta P)) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; lra). assert (0 < beta P * sqrt (c / beta P)) by (apply Rmult_lt_0_compat; auto).
  rewrite Rmult_assoc in E1. destruct Hs; subst; lra.
Qed.
Lemma same_nets T T' : S_ m T -> S_ m T' -> map neu T = map neu T' -> smove m T T'.
Proof.
  intros A B E. split; auto. split; auto. apply F2_ray; try apply A; try apply B. rewrite <- E. clear. generalize (map neu T). induction l; constructor; auto.
  exists a, 1, 1. repeat split; try lra; symmetry; apply scale1.
Qed.
Section Nonzero.
Hypothesis Hnz : forall v, In v V -> (0 < cnt (smask v))%nat.
Theorem isolated_iff th : isolated_net P m th <-> In th (map (map neu) isos).
Proof.
  rewrite in_map_iff. split.
  - intros [O Is]. apply optimal_slots in O. destruct O as (T & ST & ->). assert (FT : feas F fit (merge atoms T)) by apply ST.
    destruct (ok_cover _ _ _ Hok _ FT) as (v & I & A). destruct (to_vertex atoms F fit V FN Hok m T v ST I A) as [Hh Mv].
    set (U := put [] (map fst T) (vr v)) in *. assert (SU : S_ m U) by apply Mv. assert (EU : map neu U = map neu T) by (apply Is, move_iff; auto).
    exists U. split; auto. apply isos_In. split; auto. exists v. split; auto. split; [|apply (put_merge atoms F fit V FN Hok); auto].
    assert (LT : length (map fst T) = m) by (rewrite map_length; apply ST).
    destruct (Nat.lt_ge_cases (cnt (smask v)) m) as [C|C].
    2:{ destruct (cover_full atoms F fit V FN Hok m T v ST I A C); auto. }
    exfalso. destruct (put_zero atoms F fit V FN Hok m _ v I LT C) as (z & Iz & Zz). fold U in Iz.
    assert (exists t, In t U /\ snd t <> 0) as (t & It & Nt).
    { destruct (Exists_dec (fun t : slot => snd t <> 0) U) as [Q|Q].
      - intros t. destruct (Req_EM_T (snd t) 0); [right; tauto|left; auto].
      - apply Exists_exists in Q. destruct Q as (t & Q1 & Q2). exists t; auto.
      - exfalso. specialize (Hnz v I). rewrite <- supp_len in Hnz. destruct (supp (smask v)) as [|a l] eqn:Es; [simpl in Hnz; lia|].
        assert (Ia : In a (supp (smask v))) by (rewrite Es; simpl; auto). apply supp_In in Ia. assert (Na : nth a (vr v) 0 <> 0) by (apply (nz_iff F fit V Hok); auto).
        apply Na. rewrite <- (put_merge atoms F fit V FN Hok (map fst T) v I Hh). fold U.
        destruct (Nat.lt_ge_cases a (length atoms)) as [La|La]; [|apply nth_overflow; rewrite merge_len; auto]. rewrite nth_merge by auto.
        clear -Q. induction U as [|u U IH]; simpl; auto. destruct (Req_EM_T (snd u) 0) as [E|E]; [|exfalso; apply Q; constructor; auto].
        rewrite E, IH; [destruct (fst u =? a)%nat; lra|]. intros R0. apply Q. right; auto. }
    assert (VU : Forall (valid atoms) U) by apply SU. rewrite Forall_forall in VU.
    assert (X : exists l1 l2 l3, U = l1 ++ t :: l2 ++ z :: l3 \/ U = l1 ++ z :: l2 ++ t :: l3).
    { apply in_split in It. destruct It as (l1 & l2 & E). rewrite E in Iz. apply in_app_or in Iz. destruct Iz as [Iz|[Iz|Iz]].
      - apply in_split in Iz. destruct Iz as (k1 & k2 & ->). exists k1, k2, l2. right. rewrite E, <- app_assoc. auto.
      - subst. congruence.
      - apply in_split in Iz. destruct Iz as (k1 & k2 & ->). exists l1, k1, k2. left. auto. }
    destruct X as (l1 & l2 & l3 & [X|X]).
    + rewrite X in SU. pose proof (zero_move atoms F fit m l1 t l2 z l3 Zz SU) as M. assert (B : map neu (l1 ++ z :: l2 ++ t :: l3) = map neu (l1 ++ t :: l2 ++ z :: l3)).
      { rewrite X in EU. rewrite EU. apply Is. rewrite <- EU. apply move_iff; auto. apply M. }
      rewrite !map_app in B. apply app_inv_head in B. apply (neu_zero t z); auto. symmetry. exact (f_equal (hd (0, [])) B).
    + rewrite X in SU. pose proof (zero_move' atoms F fit m l1 t l2 z l3 Zz SU) as M. assert (B : map neu (l1 ++ t :: l2 ++ z :: l3) = map neu (l1 ++ z :: l2 ++ t :: l3)).
      { rewrite X in EU. rewrite EU. apply Is. rewrite <- EU. apply move_iff; auto. apply M. }
      rewrite !map_app in B. apply app_inv_head in B. apply (neu_zero t z); auto. exact (f_equal (hd (0, [])) B).
  - intros (T & <- & HT). apply isos_In in HT. destruct HT as (ST & v & I & C & E). split; [apply optimal_slots; eauto|]. intros th' M.
    assert (O' : optimal P m th') by apply M. apply optimal_slots in O'. destruct O' as (T' & ST' & ->). apply move_iff in M; auto.
    f_equal. eapply (isolated1 atoms F fit V FN Hok); eauto.
Qed.
Theorem isolated_count : number (isolated_net P m) (fact m * length full).
Proof.
  exists (map (map neu) isos). split; [|split; [rewrite map_length, isos_len; auto|exact isolated_iff]].
  assert (G : forall l, NoDup l -> incl l isos -> NoDup (map (map neu) l)); [|apply G; [apply isos_nodup|apply incl_refl]].
  induction 1 as [|T l N ND IH]; intros Inc; simpl; constructor; [|apply IH; intros x Hx; apply Inc; simpl; auto].
  intros J. apply in_map_iff in J. destruct J as (T' & E & J). assert (HT : In T isos) by (apply Inc; simpl; auto). assert (HT' : In T' isos) by (apply Inc; simpl; auto).
  apply isos_In in HT. apply isos_In in HT'. destruct HT as (ST & v & I & C & Em), HT' as (ST' & _). assert (T' = T).
  { eapply (isolated1 atoms F fit V FN Hok); eauto. apply same_nets; auto. } subst. tauto.
Qed.
(** ** T7 *)
Theorem T7_1 : (forall v, In v V -> (m <= cnt (smask v))%nat) -> forall th, optimal P m th -> isolated_net P m th.
Proof.
  intros L th O. apply isolated_iff. apply optimal_slots in O. destruct O as (T & ST & ->). apply in_map. apply isos_In. split; auto.
  assert (FT : feas F fit (merge atoms T)) by apply ST. destruct (ok_cover _ _ _ Hok _ FT) as (v & I & A). exists v. split; auto.
  apply (cover_full atoms F fit V FN Hok m T v ST I A). auto.
Qed.
Theorem T7_2 v : In v V -> (cnt (smask v) < m)%nat -> exists th, optimal P m th /\ ~ isolated_net P m th.
Proof.
  intros I C. set (T := put [] (pad m (supp (smask v))) (vr v)). assert (Hh := holds_pad F fit V Hok m v I).
  assert (ST : S_ m T) by (apply (put_Slots atoms F fit V FN Hok); auto; apply pad_len; rewrite supp_len; lia).
  exists (map neu T). split; [apply optimal_slots; eauto|]. intros K. apply isolated_iff, in_map_iff in K. destruct K as (U & E & HU).
  apply isos_In in HU. destruct HU as (SU & u & J & C2 & M). assert (T = U) by (eapply (isolated1 atoms F fit V FN Hok); eauto; apply same_nets; auto). subst U.
  assert (M2 : merge atoms T = vr v) by (apply (put_merge atoms F fit V FN Hok); auto). assert (u = v) by (apply same_vert; auto; congruence). subst. lia.
Qed.
Theorem T7_3 v : In v V -> cnt (smask v) = m -> exists th, isolated_net P m th.
Proof.
  intros I C. destruct isolated_count as (l & _ & L & Q). destruct l as [|th l].
  - exfalso. simpl in L. assert (J : In v full) by (apply full_In; auto). pose proof (lt_O_fact m). destruct full; [destruct J|simpl in L; lia].
  - exists th. apply Q. simpl; auto.
Qed.
Theorem T7_4 : (forall v, In v V -> (cnt (smask v) < m)%nat) -> forall th, ~ isolated_net P m th.
Proof.
  intros L th I. destruct isolated_count as (l & _ & E & Q). assert (N : full = []). { unfold full. clear -L. induction V as [|v V0 IH]; simpl; auto. pose proof (L v ltac:(simpl; auto)). destruct (Nat.eqb_spec (cnt (smask v)) m); [lia|]. apply IH. intros; apply L; simpl; auto. }
  rewrite N in E. simpl in E. rewrite Nat.mul_0_r in E. destruct l; [|discriminate]. apply Q in I. destruct I.
Qed.
End Nonzero.
Theorem T7_4' : (forall v, In v V -> (cnt (smask v) < m)%nat) -> forall th th', optimal P m th -> Permutation th th' -> joined P m th th'.
Proof.
  intros L th th' O Pm. apply optimal_slots in O. destruct O as (T & ST & ->). apply Permutation_sym, Permutation_map_inv in Pm. destruct Pm as (T' & -> & Pm).
  assert (ST' : S_ m T') by (eapply Slots_perm; eauto). apply joined_iff; auto. apply (join atoms F fit V FN Hok); auto.
  - rewrite (merge_ext atoms T' T); [apply rst_refl|]. intros a _. apply mass_perm. symmetry; auto.
  - intros v I C. specialize (L v I). lia.
Qed.
(** the fit is 0: one optimal network, all of whose neurons are 0 *)
Theorem zero_count v : In v V -> cnt (smask v) = O -> number (isolated_net P m) 1.
Proof.
  intros I C. assert (Z : forall u a, In u V -> nth a (vr u) 0 = 0).
  { intros u a J. destruct (Req_dec (nth a (vr u) 0) 0) as [E|E]; auto. exfalso. apply (nz_iff F fit V Hok) in E; auto.
    assert (N0 : forall s, cnt s = O -> forall t, length s = length t -> inside s t = true). { clear. induction s as [|x s IH]; intros E [|y t] L; simpl in *; try discriminate; auto. destruct x; [lia|]. simpl. apply IH; auto. }
    assert (Q : inside (smask v) (smask u) = true) by (apply N0; auto; rewrite !(mlen atoms F fit V FN Hok); auto).
    assert (S0 : smask v = smask u). { destruct (pairs_In _ _ (smask v) (smask u) (ok_anti _ _ _ Hok)) as [X|[X|X]]; auto; try (apply in_map; auto); rewrite Q in X; simpl in X; rewrite ?andb_false_r in X; discriminate. }
    rewrite <- S0 in E. apply supp_In in E. rewrite <- supp_len in C. destruct (supp (smask v)); [destruct E|discriminate]. }
  assert (One : forall th, optimal P m th -> th = repeat (0, repeat 0 (dim P)) m).
  { intros th O. apply optimal_slots in O. destruct O as (T & (LT & VT & FT) & ->). assert (M0 : forall a, nth a (merge atoms T) 0 = 0).
    { apply (conv_ok F fit V Hok) in FT. induction FT as [x J|x y t Kx IKx Ky IKy Kt]; intros a.
      - apply in_map_iff in J. destruct J as (u & <- & J). auto.
      - apply (conv_ok F fit V Hok) in Kx. apply (conv_ok F fit V Hok) in Ky. rewrite nth_lerp by (destruct Kx, Ky; congruence). rewrite IKx, IKy. ring. }
    assert (T0 : forall t, In t T -> snd t = 0).
    { intros t It. rewrite Forall_forall in VT. destruct (VT t It) as [A [B|B]]; auto. apply Rle_antisym; auto. rewrite <- (M0 (fst t)), nth_merge by auto.
      rewrite <- Forall_forall in VT. clear -It VT. induction VT as [|u T [A _] VT IH]; simpl in *; [tauto|]. assert (G := mass_nonneg atoms (fst t) T VT). destruct It as [->|It].
      - rewrite Nat.eqb_refl. lra.
      - specialize (IH It). destruct (fst u =? fst t)%nat; lra. }
    rewrite <- LT. clear -T0 Hlen Hatom. induction T as [|[a c] T IH]; simpl; auto. f_equal; [|apply IH; intros; apply T0; simpl; auto].
    assert (c = 0) by (apply (T0 (a, c)); simpl; auto). subst. apply (neu0 P kap fit off atoms Hlen Hatom). }
  exists [repeat (0, repeat 0 (dim P)) m]. split; [repeat constructor; simpl; tauto|]. split; auto. intros th. split.
  - intros [O _]. left. symmetry. auto.
  - intros [<-|[]]. destruct opt_value as (th & Nt & E). assert (O : optimal P m th) by (apply optimal_value; auto). rewrite <- (One th O). split; auto.
    intros th' (_ & O' & _). rewrite (One th O), (One th' O'). auto.
Qed.
Variable Rs : list vert.                   (* one vertex of support < m for each component of P_m that has one *)
Hypothesis HR1 : forall r, In r Rs -> In r V /\ (cnt (smask r) < m)%nat.
Hypothesis HR2 : ForallOrdPairs (fun r r' => ~ conn F fit m (vr r) (vr r')) Rs.
Hypothesis HR3 : forall v, In v V -> (cnt (smask v) < m)%nat -> exists r, In r Rs /\ conn F fit m (vr v) (vr r).
Definition plc (r : vert) := put [] (pad m (supp (smask r))) (vr r).
Lemma plc_ok r : In r Rs -> S_ m (plc r) /\ merge atoms (plc r) = vr r.
Proof.
  intros I. destruct (HR1 r I) as [J C]. assert (L : length (pad m (supp (smask r))) = m) by (apply pad_len; rewrite supp_len; lia).
  assert (Hh := holds_pad F fit V Hok m r J). split. apply (put_Slots atoms F fit V FN Hok); auto. apply (put_merge atoms F fit V FN Hok); auto.
Qed.
Theorem T8_classes : classes (optimal P m) (joined P m) (fact m * length full + length Rs).
Proof.
  exists (map (map neu) (isos ++ map plc Rs)). split; [|split; [|split]].
  - rewrite map_length, app_length, map_length, isos_len. auto.
  - apply Forall_forall. intros th Hth. apply in_map_iff in Hth. destruct Hth as (T & <- & HT). apply optimal_slots. exists T. split; auto.
    apply in_app_iff in HT. destruct HT as [HT|HT]; [apply isos_In; auto|]. apply in_map_iff in HT. destruct HT as (r & <- & Hr). apply plc_ok; auto.
  - assert (SI : forall T, In T (isos ++ map plc Rs) -> S_ m T).
    { intros T HT. apply in_app_iff in HT. destruct HT as [HT|HT]; [apply isos_In; auto|]. apply in_map_iff in HT. destruct HT as (r & <- & Hr). apply plc_ok; auto. }
    assert (Iso : forall T U, In T isos -> sconn m T U -> U = T).
    { intros T U HT K. apply isos_In in HT. destruct HT as (_ & v & I & C & E). eapply (isolated atoms F fit V FN Hok); eauto. }
    apply fop_map with (rel := fun T U => ~ sconn m T U).
    { intros T U HT HU K J. apply K. apply joined_iff; auto. }
    apply fop_app.
    + apply fop_nodup; [apply isos_nodup|]. intros T U HT HU K. symmetry. eapply Iso; eauto.
    + apply fop_map with (rel := fun r r' => ~ conn F fit m (vr r) (vr r')); auto.
      intros r r' I J K Q. apply K. destruct (plc_ok r I) as [_ E1], (plc_ok r' J) as [_ E2]. rewrite <- E1, <- E2.
      apply (sconn_conn atoms F fit FN); auto.
    + intros T U HT HU K. apply (Iso T U) in K; auto. subst. apply in_map_iff in HU. destruct HU as (r & <- & Hr).
      apply isos_In in HT. destruct HT as (_ & v & I & C & E). destruct (plc_ok r Hr) as [_ E1]. destruct (HR1 r Hr) as [J C1].
      assert (v = r) by (apply same_vert; auto; congruence). subst. lia.
  - intros th O. apply optimal_slots in O. destruct O as (T & ST & ->).
    assert (Ex : exists U, In U (isos ++ map plc Rs) /\ S_ m U /\ sconn m U T).
    { destruct (Exists_dec (fun v => cnt (smask v) = m /\ merge atoms T = vr v) V) as [Q|Q].
      - intros v. destruct (Nat.eq_dec (cnt (smask v)) m), (list_eq_dec Req_EM_T (merge atoms T) (vr v)); [left|right|right|right]; tauto.
      - apply Exists_exists in Q. destruct Q as (v & I & C & E). exists T. split; [|split; auto; apply rst_refl].
        apply in_or_app. left. apply isos_In. split; auto. exists v; auto.
      - assert (FT : feas F fit (merge atoms T)) by apply ST. destruct (ok_cover _ _ _ Hok _ FT) as (v & I & A).
        assert (NF : forall w, In w V -> cnt (smask w) = m -> merge atoms T <> vr w).
        { intros w J C E. apply Q, Exists_exists. exists w; auto. }
        assert (C : (cnt (smask v) < m)%nat).
        { destruct (Nat.lt_ge_cases (cnt (smask v)) m) as [C|C]; auto. exfalso. destruct (cover_full atoms F fit V FN Hok m T v ST I A C). apply (NF v); auto. }
        destruct (HR3 v I C) as (r & Hr & K). destruct (plc_ok r Hr) as [SR ER]. exists (plc r). split; [apply in_or_app; right; apply in_map; auto|].
        split; auto. apply rst_sym. apply (join atoms F fit V FN Hok); auto. rewrite ER.
        destruct (to_vertex atoms F fit V FN Hok m T v ST I A) as [Hh Mv]. apply (smove_seg atoms F fit FN) in Mv.
        rewrite (put_merge atoms F fit V FN Hok) in Mv by auto. eapply rst_trans; [apply rst_step, Mv|exact K]. }
    destruct Ex as (U & HU & SU & K). exists (map neu U). split; [apply in_map; auto|]. apply joined_iff; auto. apply rst_sym; auto.
Qed.
End Width.
End Theta.
