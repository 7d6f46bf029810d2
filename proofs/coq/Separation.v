(* Kind separation: two optimal networks of one width that no path of optimal networks joins (T8, T11). *)
From Coq Require Import List ZArith Bool Arith Reals Lra Lia Relations.
From Cert Require Import Statement Polytope Networks Slots Theta Paths Checker Cones Checks Patterns Staircase Walks.
Import ListNotations.
Open Scope R_scope.

Section Separation.
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
Notation separation := (separation K).
Notation place_ := (place_ K).
Notation reaches := (reaches K k0 kadd kmul kopp ksgn).
Notation along := (along K k0 kadd kmul kopp ksgn).
Definition separated_problem (C : separation) : problem := problem_of K phi (s_cert K C).
Definition network_of (C : separation) (net : list place_) : list neuron := map (neuron_of K phi (d_dim K (c_data K (s_cert K C)))) net.
Record separation_holds (C : separation) : Prop := {
  S_claims : claims_hold K phi (s_cert K C);
  S_start : optimal (separated_problem C) (s_width K C) (network_of C (s_start K C));
  S_end : optimal (separated_problem C) (s_width K C) (network_of C (s_end K C));
  (** no moves, and no path in Theta_m, lead from one to the other *)
  S_apart : ~ joined (separated_problem C) (s_width K C) (network_of C (s_start K C)) (network_of C (s_end K C)) /\
    ~ path (separated_problem C) (s_width K C) (network_of C (s_start K C)) (network_of C (s_end K C)) }.

Lemma below_ok face : forall masks i j, below face masks i = Some j -> exists s, (i <= j)%nat /\ nth_error masks (j - i) = Some s /\ inside s face = true.
Proof.
  induction masks as [|s masks IH]; intros i j E; simpl in E; try discriminate. destruct (inside s face) eqn:B.
  - injection E; intros; subst j. exists s. rewrite Nat.sub_diag. auto.
  - destruct (IH _ _ E) as (t & A & N & I). exists t. split; [lia|]. replace (j - i)%nat with (S (j - S i)) by lia. auto.
Qed.
Lemma existsb_combine {A B} (f : A * B -> bool) : forall l l', existsb f (combine l l') = true -> exists i x z, nth_error l i = Some x /\ nth_error l' i = Some z /\ f (x, z) = true.
Proof.
  induction l as [|a l IH]; intros [|b l'] E; simpl in E; try discriminate. apply orb_prop in E. destruct E as [E|E]; [exists O, a, b; auto|].
  destruct (IH _ E) as (i & x & z & P1 & P2 & P3). exists (S i), x, z. auto.
Qed.

Section Ground.
Variables (C : cert K) (off : list R) (V : list vert).
Hypothesis G : grounds K k0 ksgn phi C off V.
Notation D := (c_data K C).
Notation P := (problem_of K phi C).
Notation atoms := (atoms_of K phi C).
Notation F := (features K phi C).
Notation fit := (fit_of K phi C).
Notation kap := (c_kappa K C).
Notation nn := (neuron_of K phi (d_dim K D)).
Notation neu := (neu P atoms).
Notation sg s := (if s : bool then 1 else -1).
Let Hb : 0 < beta P := G_beta _ _ _ _ _ _ _ G.
Let Hbs : beta P * beta P = phi (d_b2 K D) := G_square _ _ _ _ _ _ _ G.
Let Hlen := G_len _ _ _ _ _ _ _ G.
Let Hatom := G_atom _ _ _ _ _ _ _ G.
Let Hok := G_ok _ _ _ _ _ _ _ G.
Let Hdist := G_distinct _ _ _ _ _ _ _ G.
Lemma FN_ : length F = length atoms. Proof. apply map_length. Qed.

(** an atom, as a balanced neuron, is a slot of mass 1 *)
Lemma atom_slot a s g : nth_error (c_atoms K C) a = Some (s, g) -> nn (Balanced K s g) = neu (a, 1) /\ (a < length atoms)%nat /\ 0 < norm (pv g).
Proof.
  intros E. assert (La : (a < length atoms)%nat) by (unfold atoms_of; rewrite map_length; apply nth_error_Some; congruence).
  assert (A : at_ P atoms a = (sg s, pv g)). { unfold at_. apply nth_error_nth. unfold atoms_of. rewrite (map_nth_error (Checks.rat K phi) a (c_atoms K C) E). auto. }
  assert (I : In (sg s, pv g) atoms) by (rewrite <- A; apply nth_In; auto). destruct (Hatom _ _ I) as (_ & _ & N2 & _).
  assert (N : norm (pv g) = beta P) by (unfold norm; rewrite N2; apply sqrt_square; lra).
  split; [|split; auto; lra]. cbn [neuron_of]. unfold balanced, Networks.neu. cbn [fst snd]. rewrite A, N. cbn [fst snd].
  assert (S1 : 0 < sqrt (beta P)) by (apply sqrt_lt_R0; auto). assert (Q : sqrt (beta P) * sqrt (beta P) = beta P) by (apply sqrt_sqrt; lra).
  assert (I1 : sqrt (1 / beta P) = / sqrt (beta P)) by (unfold Rdiv; rewrite Rmult_1_l; apply sqrt_inv). rewrite I1. f_equal. rewrite <- Q at 2. field. lra.
Qed.
Lemma ray_atom x a s g : reaches D kap x = true -> nth_error (c_atoms K C) a = Some (s, g) -> along x (Balanced K s g) = true -> x <> Null K ->
  ray (nn x) (neu (a, 1)).
Proof.
  intros Rx E A _. destruct (atom_slot a s g E) as (Ea & La & _). rewrite <- Ea.
  assert (Lg : length (snd (nn (Balanced K s g))) = d_dim K D) by (rewrite Ea; apply (len_neu P (pv kap) fit off atoms Hlen Hatom)).
  apply (along_ray K k0 kadd kmul kopp ksgn phi phi_add phi_mul phi_opp sgn_ok D); auto; [exact (reaches_nonzero K k0 kadd kmul kopp ksgn D kap x Rx)|].
  apply (reaches_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D kap Hb Hbs x Rx).
Qed.
Lemma nonzero_slot x t : reaches D kap x = true -> x <> Null K -> nn x = neu t -> snd t <> 0.
Proof.
  intros Rx N E Z. destruct t as [a c]. cbn [snd] in Z. subst c. rewrite (neu0 P (pv kap) fit off atoms Hlen Hatom) in E. destruct x as [|s u|w al]; [congruence| |discriminate].
  simpl in Rx. rewrite !andb_true_iff in Rx. destruct Rx as [[[_ Nu] _] _]. apply (nonzero_norm K ksgn phi sgn_ok) in Nu.
  cbn [neuron_of] in E. unfold balanced in E. injection E; intros _ E1. assert (S1 : 0 < sqrt (norm (pv u))) by (apply sqrt_lt_R0; auto). destruct s; lra.
Qed.
(** the vertices that are seen below a network are below its point of P *)
Lemma seen net T s : forallb (reaches D kap) net = true -> map nn net = map neu T -> Forall (valid atoms) T ->
  length s = length atoms -> inside s (uses K k0 kadd kmul kopp ksgn (c_atoms K C) net) = true -> poss s (merge atoms T).
Proof.
  intros Rs E VT Ls I. assert (Nth : forall a, nth a s false = true -> 0 < nth a (merge atoms T) 0).
  { intros a Sa. assert (La : (a < length atoms)%nat). { rewrite <- Ls. destruct (Nat.lt_ge_cases a (length s)); auto. rewrite nth_overflow in Sa by auto. discriminate. }
    assert (Ua : nth a (uses K k0 kadd kmul kopp ksgn (c_atoms K C) net) false = true).
    { clear -I Sa. revert a Sa I. generalize (uses K k0 kadd kmul kopp ksgn (c_atoms K C) net). induction s as [|x s IH]; intros [|z l] a Sa I; simpl in *; try (destruct a; discriminate); try discriminate.
      apply andb_prop in I. destruct I as [I1 I2]. destruct a as [|a]; [destruct x, z; auto|]. apply IH; auto. }
    unfold uses in Ua. destruct (nth_error (c_atoms K C) a) as [[sa g]|] eqn:Ea; [|apply nth_error_None in Ea; unfold atoms_of in La; rewrite map_length in La; lia].
    erewrite nth_error_nth in Ua by (apply map_nth_error; exact Ea). apply existsb_exists in Ua. destruct Ua as (x & Ix & Ux).
    assert (Nx : x <> Null K) by (intros ->; discriminate). assert (Ux' : along x (Balanced K sa g) = true) by (destruct x; auto; congruence).
    rewrite forallb_forall in Rs. pose proof (ray_atom x a sa g (Rs x Ix) Ea Ux' Nx) as Rx. apply (in_map nn) in Ix as Jx. rewrite E in Jx. apply in_map_iff in Jx. destruct Jx as (t & Et & It).
    pose proof (nonzero_slot x t (Rs x Ix) Nx (eq_sym Et)) as Nt. rewrite <- Et in Rx. rewrite Forall_forall in VT. pose proof (VT t It) as Vt. rewrite <- Forall_forall in VT.
    apply (ray_compat P Hb (pv kap) fit off atoms Hlen Hatom Hdist) in Rx; auto; [|split; cbn; auto; lra]. destruct Rx as [Q|[Q|Q]]; cbn in Q; [|tauto|lra].
    rewrite nth_merge by auto. subst a. assert (M : snd t <= mass (fst t) T); [|destruct Vt as [Vt _]; lra].
    clear -It VT. induction VT as [|u T [A A'] VT IH]; simpl in *; [tauto|]. pose proof (mass_nonneg atoms (fst t) T VT). destruct It as [->|It]; [rewrite Nat.eqb_refl; lra|]. specialize (IH It). destruct (fst u =? fst t)%nat; lra. }
  clear -Nth Ls. assert (Lm : length s = length (merge atoms T)) by (rewrite merge_len; auto). clear Ls. revert Lm Nth. generalize (merge atoms T). induction s as [|x s IH]; intros [|z l] L N; simpl in L; try discriminate; constructor.
  - apply (N O).
  - apply IH; [lia|]. intros a. apply (N (S a)).
Qed.
Lemma different_ok x z : reaches D kap x = true -> reaches D kap z = true -> different K kadd kopp ksgn x z = true -> nn x <> nn z.
Proof.
  intros Rx Rz Df E. assert (Nz : forall s u, reaches D kap (Balanced K s u) = true -> fst (nn (Balanced K s u)) <> 0 /\ 0 < sqrt (norm (pv u)) ).
  { intros s u Ru. simpl in Ru. rewrite !andb_true_iff in Ru. destruct Ru as [[[_ Nu] _] _]. apply (nonzero_norm K ksgn phi sgn_ok) in Nu. cbn [neuron_of balanced fst]. assert (S1 : 0 < sqrt (norm (pv u))) by (apply sqrt_lt_R0; auto). split; auto. unfold balanced; cbn [fst]. destruct s; lra. }
  destruct x as [|s u|]; [| |discriminate]; (destruct z as [|t v|]; [| |discriminate]); try discriminate.
  - destruct (Nz _ _ Rz) as [A _]. rewrite <- E in A. apply A. auto.
  - destruct (Nz _ _ Rx) as [A _]. rewrite E in A. apply A. auto.
  - destruct (Nz _ _ Rx) as [_ A], (Nz _ _ Rz) as [_ B]. cbn [neuron_of] in E. unfold balanced in E. injection E; intros E2 E1. cbn [different] in Df.
    assert (S0 : s = t) by (destruct s, t; auto; lra). subst t. assert (Q : sqrt (norm (pv u)) = sqrt (norm (pv v))) by (destruct s; lra).
    rewrite Q in E2. apply map_mult_inj in E2; [|apply Rinv_neq_0_compat; lra]. rewrite Bool.eqb_reflx in Df. cbn [negb orb] in Df.
    apply existsb_combine in Df. destruct Df as (i & p & q & I1 & I2 & Dz). cbn [fst snd] in Dz.
    apply (map_nth_error phi) in I1, I2. rewrite E2 in I1. rewrite I1 in I2. injection I2; intros Pq.
    assert (Z : phi (ksub K kadd kopp p q) = 0) by (unfold ksub; rewrite phi_add, phi_opp; lra).
    apply orb_prop in Dz. destruct Dz as [Dz|Dz]; [apply (is_lt K ksgn phi sgn_ok) in Dz|apply (is_gt K ksgn phi sgn_ok) in Dz]; lra.
Qed.
End Ground.

Theorem separation_correct C : check_separation K k0 k1 kadd kmul kopp ksgn C = true -> separation_holds C.
Proof.
  unfold check_separation. set (c := s_cert K C). set (m := s_width K C). rewrite !andb_true_iff. intros [[Hc Hn] Ha].
  destruct (staircase_grounds K k0 k1 kadd kmul kopp ksgn phi phi0 phi1 phi_add phi_mul phi_opp sgn_ok c Hc) as (Cl & off & V & G).
  cbn [forallb] in Hn. rewrite !andb_true_iff in Hn. destruct Hn as [[L1 O1] [[L2 O2] _]]. apply Nat.eqb_eq in L1, L2.
  destruct (find (fun w => (w_m w =? m)%nat) (c_widths K c)) as [w|] eqn:Fw; try discriminate. apply find_some in Fw. destruct Fw as [Iw Ew]. apply Nat.eqb_eq in Ew.
  destruct (G_masks _ _ _ _ _ _ _ G) as (vs & Evs & Em). rewrite Evs in Ha. cbv zeta in Ha. rewrite Em in Ha. destruct (G_widths _ _ _ _ _ _ _ G w Iw) as [Lw Cw]. rewrite Ew in Lw.
  destruct (spread m (map smask V) (w_parent w)) as [par|] eqn:Ep; try discriminate.
  pose proof (G_beta _ _ _ _ _ _ _ G) as Hb. pose proof (G_square _ _ _ _ _ _ _ G) as Hbs. pose proof (G_om _ _ _ _ _ _ _ G) as Hom. pose proof (G_len _ _ _ _ _ _ _ G) as Hlen. pose proof (G_y _ _ _ _ _ _ _ G) as Hy. pose proof (G_kappa _ _ _ _ _ _ _ G) as Hk.
  pose proof (G_feas _ _ _ _ _ _ _ G) as Hfeas. pose proof (G_tight _ _ _ _ _ _ _ G) as Htight. pose proof (G_atom _ _ _ _ _ _ _ G) as Hatom. pose proof (G_distinct _ _ _ _ _ _ _ G) as Hdist. pose proof (G_ok _ _ _ _ _ _ _ G) as Hok.
  pose proof (G_some _ _ _ _ _ _ _ G m Lw) as Hm.
  destruct (at_optimum_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok (c_data K c) (c_kappa K c) (c_fit K c) Hb Hbs off m _ Hom Hlen Hy Hk Hfeas L1 O1) as (R1 & Op1 & _).
  destruct (at_optimum_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok (c_data K c) (c_kappa K c) (c_fit K c) Hb Hbs off m _ Hom Hlen Hy Hk Hfeas L2 O2) as (R2 & Op2 & _).
  set (P := problem_of K phi c) in *. set (kap := map phi (c_kappa K c)) in *. set (atoms := atoms_of K phi c) in *. set (F := features K phi c) in *. set (fit := fit_of K phi c) in *.
  change (prob K phi (c_data K c)) with P in Op1, Op2.
  assert (FN : length F = length atoms) by apply map_length.
  assert (Nj : ~ joined P m (network_of C (s_start K C)) (network_of C (s_end K C))).
  { unfold network_of. fold c. intros J.
    destruct (proj1 (optimal_slots P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom V Hok m Hm _) Op1) as (T & ST & E1). destruct (proj1 (optimal_slots P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom V Hok m Hm _) Op2) as (T' & ST' & E2).
    pose proof (joined_sconn P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m Hm _ _ J T T' ST ST' E1 E2) as Sc.
    unfold apart in Ha. destruct (below _ (map smask V) 0) as [i|] eqn:B1; try discriminate. destruct (below (uses K k0 kadd kmul kopp ksgn (c_atoms K c) (s_end K C)) (map smask V) 0) as [j|] eqn:B2; try discriminate.
    destruct (forest m (map smask V) par (length (map smask V)) i) as [r|] eqn:Ri; try discriminate. destruct (forest m (map smask V) par (length (map smask V)) j) as [r'|] eqn:Rj; try discriminate.
    apply below_ok in B1, B2. destruct B1 as (s & _ & N1 & I1), B2 as (s' & _ & N2 & I2). rewrite Nat.sub_0_r in N1, N2.
    destruct (mask_nth V i s N1) as (v & Gv & <-). destruct (mask_nth V j s' N2) as (v' & Gv' & <-). apply nth_error_In in Gv as Iv. apply nth_error_In in Gv' as Iv'.
    assert (Ps : poss (smask v) (merge atoms T)) by (apply (seen c off V G (s_start K C)); auto; [apply ST|rewrite (mlen atoms F fit V FN Hok); auto]).
    assert (Ps' : poss (smask v') (merge atoms T')) by (apply (seen c off V G (s_end K C)); auto; [apply ST'|rewrite (mlen atoms F fit V FN Hok); auto]).
    assert (Cv : (cnt (smask v) <= m)%nat) by (apply poss_nnz in Ps; pose proof (nnz_merge atoms T); destruct ST; lia).
    assert (Cv' : (cnt (smask v') <= m)%nat) by (apply poss_nnz in Ps'; pose proof (nnz_merge atoms T'); destruct ST'; lia).
    apply orb_prop in Ha. destruct Ha as [Ha|Ha].
    - apply negb_true_iff, Nat.eqb_neq in Ha. apply Ha. destruct (width_labels F fit V Hok w Cw) as [_ Lb]. unfold labelled in Lb. rewrite Ew in Lb. apply (Lb par i j v v' r r' Ep Gv Gv' Cv Cv' Ri Rj).
      apply (sconn_conn atoms F fit FN) in Sc. destruct (conn_vconn F fit V Hok m _ _ Sc) as [_ Gc]; [split; [apply ST|]; destruct ST as (<- & _); apply nnz_merge|].
      apply (vconn_conn P fit atoms V Hok m). apply Gc; auto.
    - apply andb_prop in Ha. destruct Ha as [Cm Df]. apply Nat.eqb_eq in Cm. rewrite (nth_error_nth _ _ _ N1) in Cm.
      destruct (cover_full atoms F fit V FN Hok m T v ST Iv Ps ltac:(lia)) as [_ Mv].
      pose proof (isolated atoms F fit V FN Hok m v T T' Iv Cm Mv Sc) as Et. subst T'. rewrite <- E2 in E1.
      apply existsb_combine in Df. destruct Df as (k & x & z & K1 & K2 & Dz). cbn [fst snd] in Dz.
      rewrite forallb_forall in R1, R2. apply nth_error_In in K1 as J1. apply nth_error_In in K2 as J2.
      apply (different_ok c x z (R1 x J1) (R2 z J2) Dz). apply (map_nth_error (neuron_of K phi (d_dim K (c_data K c)))) in K1, K2. congruence. }
  constructor; auto. split; auto. intros Pt. apply Nj. apply (H_paths _ _ _ (H_shape _ _ _ Cl) m Lw); auto.
Qed.
End Separation.
