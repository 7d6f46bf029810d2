(* Soundness, second half: dual feasibility, atoms, vertices, cover, components; and the final theorem. *)
From Coq Require Import List ZArith Bool Reals Lra Lia Relations Permutation Factorial.
From Cert Require Import Statement Polytope Networks Slots Theta Checker Cones.
Import ListNotations.
Open Scope R_scope.

(** a conjunction of booleans, one hypothesis for each: rewriting takes a hundred times longer *)
Lemma one_by_one (a b : bool) (Q : Prop) : (a = true -> b = true -> Q) -> (a && b)%bool = true -> Q.
Proof. destruct a, b; auto. Qed.
Ltac conjuncts := repeat match goal with |- (_ && _)%bool = true -> _ => refine (one_by_one _ _ _ _) end.

Section Sound2.
Variable K : Type.
Variables (k0 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).
Variable phi : K -> R.
Hypothesis phi0 : phi k0 = 0.
Hypothesis phi_add : forall x z, phi (kadd x z) = phi x + phi z.
Hypothesis phi_mul : forall x z, phi (kmul x z) = phi x * phi z.
Hypothesis phi_opp : forall x, phi (kopp x) = - phi x.
Hypothesis sgn_ok : forall x, match ksgn x with Some Lt => phi x < 0 | Some Eq => phi x = 0 | Some Gt => 0 < phi x | None => True end.
Notation is := (is K ksgn).
Notation kdot := (kdot K k0 kadd kmul).
Notation pv := (map phi).
Let is_gt := is_gt K ksgn phi sgn_ok.
Let is_lt := is_lt K ksgn phi sgn_ok.
Let is_eq := is_eq K ksgn phi sgn_ok.
Let keq_ok := keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok.
Let phi_dot := phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul.
Let dot_vadd := dot_vadd K kadd phi phi_add.
Let dot_vscale := dot_vscale K kmul phi phi_mul.
Let veq_ok := veq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok.
Let dot_allzero := dot_allzero K ksgn phi sgn_ok.

Variable D : data K.
Notation R_ k := (pv (rowk K D k)).
Notation rows := (rows K ksgn D).
Notation n := (length (d_X K D)).
Definition prob : problem := Problem (d_dim K D) (map pv (d_X K D)) (pv (d_y K D)) (pv (d_om K D)) (sqrt (phi (d_b2 K D))).
Notation be := (sqrt (phi (d_b2 K D))).
Hypothesis Hb2 : is Gt (d_b2 K D) = true.
Hypothesis Hdim : forallb (lenb (d_dim K D)) (d_X K D) = true.
Hypothesis Hz : forallb (fun x => zerorow K ksgn x || nonzero K ksgn x) (d_X K D) = true.
Lemma beta_sq : be * be = phi (d_b2 K D).
Proof. apply sqrt_sqrt. apply is_gt in Hb2. lra. Qed.
Lemma beta_pos : 0 < be.
Proof. apply sqrt_lt_R0, is_gt; auto. Qed.
Lemma nonrow w k : ~ In k rows -> dot (R_ k) w = 0.
Proof.
  intros N. destruct (Nat.lt_ge_cases k n) as [L|L].
  - unfold rowk. rewrite forallb_forall in Hz. assert (I : In (nth k (d_X K D) []) (d_X K D)) by (apply nth_In; auto).
    specialize (Hz _ I). apply orb_prop in Hz. destruct Hz as [Z|Z]; [apply dot_allzero; exact Z|].
    exfalso. apply N. unfold Checker.rows. apply filter_In. split; [apply in_seq; unfold n_; lia|exact Z].
  - unfold rowk. rewrite nth_overflow by auto. destruct w; auto.
Qed.
Section Cone.
Variables (a : signs) (w : list R).
Hypothesis Hc : closed K phi D a w.
Hypothesis Hcov : covers K ksgn D a.
Lemma act_pos k : active a k = true -> 0 <= dot (R_ k) w.
Proof. intros E. apply has_sign_In in E. apply Hc in E. auto. Qed.
Lemma act_neg k : active a k = false -> dot (R_ k) w <= 0.
Proof.
  intros E. destruct (in_dec Nat.eq_dec k rows) as [I|I]; [|rewrite nonrow; auto; lra].
  apply Hcov, in_map_iff in I. destruct I as ([k' b] & E1 & I). simpl in E1. subst k'. destruct b.
  - exfalso. assert (T : active a k = true); [|congruence]. unfold active, has_sign. apply existsb_exists. exists (k, true). simpl. rewrite Nat.eqb_refl. auto.
  - apply (Hc _ _ I).
Qed.
Lemma pullv_ok : forall X0 kap i, (forall j, (j < length X0)%nat -> nth j X0 [] = rowk K D (i + j)) ->
  dot (pv (pullv K kadd kmul a i X0 kap)) w = dot (pv kap) (map (fun x => relu (dot x w)) (map pv X0)).
Proof.
  induction X0 as [|x X0 IH]; intros [|t kap] i H; simpl; auto; try (destruct w; auto; fail).
  assert (E : x = rowk K D i) by (specialize (H O); simpl in H; rewrite Nat.add_0_r in H; apply H; lia).
  assert (IH' : dot (pv (pullv K kadd kmul a (S i) X0 kap)) w = dot (pv kap) (map (fun x => relu (dot x w)) (map pv X0))).
  { apply IH. intros j Hj. specialize (H (S j)). simpl in H. rewrite H by lia. f_equal. lia. }
  destruct (active a i) eqn:A.
  - rewrite dot_vadd, dot_vscale, IH'. subst x. unfold relu. rewrite Rmax_right by (apply act_pos; auto). auto.
  - rewrite IH'. subst x. unfold relu. rewrite Rmax_left by (apply act_neg; auto). ring.
Qed.
Lemma push_ok mu : forallb (fun t => is Gt t) (snd mu) = true -> 0 <= dot (pv (push K kadd kmul kopp D a mu)) w.
Proof.
  destruct mu as [ks ts]. unfold push. cbn [fst snd]. intros H. assert (G : forall p, In p (combine ks ts) -> 0 < phi (snd p)).
  { intros [k t] I. apply in_combine_r in I. rewrite forallb_forall in H. apply is_gt, H; auto. }
  revert G. generalize (combine ks ts). induction l as [|[k t] l IH]; intros G; simpl; [destruct w; simpl; lra|].
  rewrite dot_vadd, dot_vscale. specialize (IH ltac:(intros; apply G; simpl; auto)). pose proof (G (k, t) ltac:(simpl; auto)) as T. simpl in T.
  destruct (active a k) eqn:A.
  - pose proof (act_pos k A). assert (0 <= phi t * dot (R_ k) w) by (apply Rmult_le_pos; lra). lra.
  - pose proof (act_neg k A). rewrite phi_opp. assert (0 <= phi t * - dot (R_ k) w) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma sg_dot s : forall u w', dot (pv (map (sg K kopp s) u)) w' = (if s then 1 else -1) * dot (pv u) w'.
Proof. induction u; intros [|b w']; simpl; try ring. rewrite IHu. destruct s; simpl; rewrite ?phi_opp; ring. Qed.
Definition rat (at_ : bool * list K) : neuron := (if fst at_ then 1 else -1, pv (snd at_)).
Lemma dual1_ok tight atoms kap s mu : length w = d_dim K D -> dual1 K k0 kadd kmul kopp ksgn D tight atoms kap a s mu = true ->
  (if s then 1 else -1) * pull prob (pv kap) w <= be * norm w /\
  (tight = true -> 0 < norm w -> (if s then 1 else -1) * pull prob (pv kap) w = be * norm w ->
     exists at_, In at_ atoms /\ fst at_ = s /\ w = map (Rmult (norm w / be)) (pv (snd at_))).
Proof.
  intros L H. unfold dual1, side in H. set (p := Checker.vadd K kadd (Checker.vadd K kadd _ _) (repeat k0 (d_dim K D))) in H.
  rewrite !andb_true_iff in H. destruct H as [[Hmu Hl] Hs]. apply Nat.eqb_eq in Hl.
  assert (E : dot (pv p) w = (if s then 1 else -1) * pull prob (pv kap) w + dot (pv (push K kadd kmul kopp D a mu)) w).
  { unfold p. rewrite !dot_vadd, sg_dot. replace (pv (repeat k0 (d_dim K D))) with (repeat 0 (d_dim K D)) by (generalize (d_dim K D); intros q; induction q; simpl; congruence).
    rewrite dot_zeros, (pullv_ok (d_X K D) kap O) by auto. unfold pull. simpl. ring. }
  pose proof (push_ok mu Hmu) as Q. pose proof (sgn_ok (ksub K kadd kopp (kdot p p) (d_b2 K D))) as S. pose proof beta_pos as B.
  assert (Lp : length w = length (pv p)) by (rewrite map_length; congruence).
  assert (Dp : phi (ksub K kadd kopp (kdot p p) (d_b2 K D)) = dot (pv p) (pv p) - be * be) by (unfold ksub; rewrite phi_add, phi_opp, phi_dot, beta_sq; ring).
  rewrite Dp in S. destruct (ksgn _) as [[]|]; try discriminate.
  - assert (C : dot (pv p) w <= be * norm w) by (apply cauchy; auto; lra). split; [lra|]. intros Ti N T.
    destruct (cauchy_eq be (pv p) w B Lp) as [_ W]; auto; try lra. rewrite Ti in Hs. simpl in Hs. apply existsb_exists in Hs. destruct Hs as (at_ & I & J). apply andb_prop in J. destruct J as [J1 J2].
    apply Bool.eqb_prop in J1. apply veq_ok in J2. exists at_. repeat split; auto. rewrite <- J2. auto.
  - assert (C : dot (pv p) w <= be * norm w) by (apply cauchy; auto; lra). split; [lra|]. intros Ti N T.
    destruct (cauchy_eq be (pv p) w B Lp) as [W _]; auto; lra.
Qed.
End Cone.
Lemma dual_In tight atoms kap : forall topes mus, dual K k0 kadd kmul kopp ksgn D tight atoms kap topes mus = true -> forall a, In a topes ->
  exists m1 m2, dual1 K k0 kadd kmul kopp ksgn D tight atoms kap a true m1 = true /\ dual1 K k0 kadd kmul kopp ksgn D tight atoms kap a false m2 = true.
Proof.
  induction topes as [|t topes IH]; intros mus H a I; simpl in *; [tauto|]. destruct mus as [|m1 [|m2 mus]]; try discriminate.
  rewrite !andb_true_iff in H. destruct H as [[A B] C]. destruct I as [<-|I]; [exists m1, m2; auto|eapply IH; eauto].
Qed.

(** ** atoms *)
Lemma feat_ok at_ : forallb (fun x => known K ksgn (kdot x (snd at_))) (d_X K D) = true -> pv (feat K k0 kadd kmul kopp ksgn D at_) = feature prob (rat at_).
Proof.
  unfold feat, feature, rat. simpl. rewrite !map_map. intros H. rewrite forallb_forall in H. apply map_ext_in. intros x I. specialize (H x I).
  rewrite <- phi_dot. pose proof (sgn_ok (kdot x (snd at_))) as S. unfold Checker.is, known in *. unfold relu.
  destruct (ksgn (kdot x (snd at_))) as [[]|]; try discriminate.
  - rewrite phi0, S, Rmax_left by lra. ring.
  - rewrite phi0, Rmax_left by lra. ring.
  - rewrite Rmax_right by lra. destruct (fst at_); simpl; rewrite ?phi_opp; ring.
Qed.
Lemma differ_ok u v : differ K kadd kopp ksgn u v = true -> rat u <> rat v.
Proof.
  destruct u as [s g], v as [t h]. unfold differ, rat. simpl. intros H E. injection E; intros E1 E2. apply orb_prop in H. destruct H as [H|H].
  - destruct s, t; simpl in H; try discriminate; lra.
  - clear -H E1 is_lt is_gt phi_add phi_opp. revert h E1 H. induction g as [|x g IH]; intros [|z h] E1 H; simpl in *; try discriminate.
    injection E1; intros E2 E3. apply orb_prop in H. destruct H as [H|H]; [|eapply IH; eauto].
    apply orb_prop in H. unfold ksub in H. destruct H as [H|H]; [apply is_lt in H|apply is_gt in H]; rewrite phi_add, phi_opp in H; lra.
Qed.
Lemma pairs_nodup {A B} (f : A -> A -> bool) (g : A -> B) : (forall x z, f x z = true -> g x <> g z) -> forall l, pairs f l = true -> NoDup (map g l).
Proof.
  intros H. induction l as [|x l IH]; simpl; intros E; constructor; apply andb_prop in E; destruct E as [E1 E2]; auto.
  intros I. apply in_map_iff in I. destruct I as (z & G & I). rewrite forallb_forall in E1. apply E1, H in I. congruence.
Qed.
Lemma sub_nth : forall u v i, length u = length v -> nth i (pv u) 0 = nth i (pv v) 0 + nth i (pv (map (fun p => ksub K kadd kopp (fst p) (snd p)) (combine u v))) 0.
Proof.
  induction u as [|x u IH]; intros [|z v] [|i] L; simpl in *; try discriminate; try lra; try (apply IH; lia). unfold ksub; rewrite phi_add, phi_opp; ring.
Qed.
Lemma mul_nth : forall u v i, length u = length v -> nth i (pv (map (fun p => kmul (fst p) (snd p)) (combine u v))) 0 = nth i (pv u) 0 * nth i (pv v) 0.
Proof.
  induction u as [|x u IH]; intros [|z v] [|i] L; simpl in *; try discriminate; try lra; try (apply IH; lia). apply phi_mul.
Qed.

(** ** vertices *)
Lemma dense_ok : forall N j sup ws mask c, dense K k0 ksgn N j sup ws = Some (mask, c) -> length c = N /\ poss mask (pv c) /\ supin (pv c) mask.
Proof.
  induction N as [|N IH]; intros j sup ws mask c H; simpl in H.
  - destruct sup, ws; try discriminate. injection H; intros; subst. repeat split; constructor.
  - assert (F : forall sup' ws', option_map (fun r : list bool * list K => (false :: fst r, k0 :: snd r)) (dense K k0 ksgn N (S j) sup' ws') = Some (mask, c) -> length c = S N /\ poss mask (pv c) /\ supin (pv c) mask).
    { intros sup' ws' E. destruct (dense K k0 ksgn N (S j) sup' ws') as [[m1 c1]|] eqn:E1; try discriminate. simpl in E. injection E; intros; subst.
      destruct (IH _ _ _ _ _ E1) as (A & B & C). split; [simpl; auto|]. split; simpl; constructor; auto; try discriminate; intros Q; exfalso; apply Q; auto. }
    destruct sup as [|a sup]; [apply F in H; auto|]. destruct ws as [|t ws]; [apply F in H; auto|]. destruct (a =? j)%nat; [|apply F in H; auto].
    destruct (is Gt t) eqn:G; try discriminate. destruct (dense K k0 ksgn N (S j) sup ws) as [[m1 c1]|] eqn:E1; try discriminate. simpl in H. injection H; intros; subst.
    destruct (IH _ _ _ _ _ E1) as (A & B & C). split; [simpl; auto|]. split; simpl; constructor; auto.
Qed.
(** the point of R^N with these coordinates at these places, 0 elsewhere *)
Lemma dense_place : forall N j sup ws mask c, dense K k0 ksgn N j sup ws = Some (mask, c) -> place N j sup (pv ws) = pv c.
Proof.
  induction N as [|N IH]; intros j sup ws mask c H; simpl in H.
  - destruct sup, ws; try discriminate. injection H; intros; subst. auto.
  - assert (F : forall sup' ws', option_map (fun r : list bool * list K => (false :: fst r, k0 :: snd r)) (dense K k0 ksgn N (S j) sup' ws') = Some (mask, c) -> 0 :: place N (S j) sup' (pv ws') = pv c).
    { intros sup' ws' E. destruct (dense K k0 ksgn N (S j) sup' ws') as [[m1 c1]|] eqn:E1; try discriminate. simpl in E. injection E; intros; subst. simpl. rewrite phi0. f_equal. eapply IH; eauto. }
    destruct sup as [|a sup]; [apply F in H; destruct ws; auto|]. destruct ws as [|t ws]; [apply F in H; auto|]. simpl. destruct (a =? j)%nat; [|apply F in H; auto].
    destruct (is Gt t); try discriminate. destruct (dense K k0 ksgn N (S j) sup ws) as [[m1 c1]|] eqn:E1; try discriminate. simpl in H. injection H; intros; subst. simpl. f_equal. eapply IH; eauto.
Qed.
Lemma combination_ok : forall cs c i, phi (combination K k0 kadd kmul cs c i) = comb (map pv cs) (pv c) i.
Proof.
  induction cs as [|a cs IH]; intros [|x c] i; simpl; auto. rewrite phi_add, phi_mul, IH. f_equal. f_equal. rewrite <- phi0. symmetry. apply map_nth.
Qed.
Lemma comb_out m : forall cs c i, (forall a, In a cs -> (length a <= m)%nat) -> (m <= i)%nat -> comb cs c i = 0.
Proof.
  induction cs as [|a cs IH]; intros [|x c] i H Hi; simpl; auto.
  rewrite IH by (auto; intros; apply H; simpl; auto).
  rewrite nth_overflow; [lra|]. specialize (H a (or_introl eq_refl)). lia.
Qed.

(** ** cover *)
Lemma all2_F2 {A B} (f : A -> B -> bool) (Q : A -> B -> Prop) : (forall x z, f x z = true -> Q x z) -> forall l l', all2 f l l' = true -> Forall2 Q l l'.
Proof. intros H. induction l as [|x l IH]; intros [|z l'] E; simpl in *; try discriminate; constructor; apply andb_prop in E; destruct E; auto. Qed.
Lemma empties_ok cols fit farkas w pos van c : In w (walls K k0 kadd kmul ksgn cols fit farkas) -> empties w pos van = true ->
  feas (map pv cols) (pv fit) c -> zeros van c -> poss pos c -> False.
Proof.
  intros I E F Z Ps. unfold walls in I. apply in_map_iff in I. destruct I as (v & <- & _). unfold empties in E. cbn [fst snd] in E. apply andb_prop in E. destruct E as [E1 E2].
  assert (A : Forall2 (fun a z => z = true \/ 0 <= ldot (pv v) a) (map pv cols) van).
  { clear -E1 phi_dot sgn_ok. revert van E1. induction cols as [|a cols IH]; intros [|z van] E; simpl in *; try discriminate; constructor; apply andb_prop in E; destruct E as [Ea Eb]; auto.
    rewrite ldot_dot, <- phi_dot. pose proof (sgn_ok (kdot v a)) as S. apply orb_prop in Ea. destruct Ea as [->|Ea]; auto. right. destruct (ksgn (kdot v a)) as [[]|]; try discriminate; lra. }
  destruct (Polytope.farkas _ _ _ _ _ F Z A) as [B C]. rewrite ldot_dot, <- phi_dot in B, C. pose proof (sgn_ok (kdot v fit)) as S.
  destruct (ksgn (kdot v fit)) as [[]|]; try discriminate; [|lra].
  apply existsb_exists in E2. destruct E2 as ([s b] & I & J). simpl in J. apply andb_prop in J. destruct J as [-> J].
  apply (In_nth _ _ (None, false)) in I. destruct I as (j & Lj & Nj). 
  assert (Lc : length (map (fun a => ksgn (kdot v a)) cols) = length pos).
  { rewrite map_length. destruct F as (L & _). rewrite map_length in L. rewrite <- L. symmetry. eapply F2_len; eauto. }
  rewrite combine_nth in Nj by auto. injection Nj; intros N1 N2. rewrite combine_length in Lj. rewrite map_length in Lj.
  apply (C S j).
  - rewrite nth_indep with (d' := pv []) by (rewrite map_length; lia). rewrite map_nth, ldot_dot, <- phi_dot.
    rewrite nth_indep with (d' := ksgn (kdot v [])) in N2 by (rewrite map_length; lia). rewrite (map_nth (fun a => ksgn (kdot v a))) in N2.
    pose proof (sgn_ok (kdot v (nth j cols []))) as S2. rewrite N2 in S2. destruct s as [[]|]; try discriminate; auto.
  - pose proof (nth_nonneg j c ltac:(apply F)) as Q. destruct (Req_dec (nth j c 0) 0) as [Y|Y]; [|lra].
    exfalso. apply (nth_poss j pos) in Y; auto. congruence.
Qed.
Lemma tree_ok cols fit masks farkas N : N = length cols -> forall toks stack, tree N masks (walls K k0 kadd kmul ksgn cols fit farkas) toks stack = true ->
  forall pos van c, In (pos, van) stack -> feas (map pv cols) (pv fit) c -> zeros van c -> poss pos c -> exists s, In s masks /\ poss s c.
Proof.
  intros EN. induction toks as [|t toks IH]; intros stack H pos van c I F Z Ps; simpl in H.
  - destruct stack; [destruct I|discriminate].
  - destruct stack as [|[p v] st]; [destruct I|]. apply andb_prop in H. destruct H as [_ H]. set (i := Z.to_nat (t / 3)) in *.
    destruct (t mod 3)%Z as [|q|q].
    + apply andb_prop in H. destruct H as [_ H]. destruct I as [I|I]; [|eapply (IH _ H); simpl; eauto]. injection I; intros; subst p v.
      pose proof (nth_nonneg i c ltac:(apply F)) as Q. destruct (Rle_lt_or_eq_dec 0 (nth i c 0) Q) as [G|G].
      * apply (IH _ H (setb i pos) van c); simpl; auto. apply setb_F2; auto.
      * apply (IH _ H pos (setb i van) c); simpl; auto. apply (setb_F2 (fun x => x = 0)); auto.
    + destruct q as [q|q|].
      * destruct (nth_error (walls K k0 kadd kmul ksgn cols fit farkas) i) as [w|] eqn:E; try discriminate. apply andb_prop in H. destruct H as [H1 H2].
        destruct I as [I|I]; [|eapply (IH _ H2); eauto]. injection I; intros; subst. exfalso. eapply empties_ok; eauto. eapply nth_error_In; eauto.
      * destruct (nth_error (walls K k0 kadd kmul ksgn cols fit farkas) i) as [w|] eqn:E; try discriminate. apply andb_prop in H. destruct H as [H1 H2].
        destruct I as [I|I]; [|eapply (IH _ H2); eauto]. injection I; intros; subst. exfalso. eapply empties_ok; eauto. eapply nth_error_In; eauto.
      * destruct (nth_error masks i) as [s|] eqn:E; try discriminate. apply andb_prop in H. destruct H as [H1 H2].
        destruct I as [I|I]; [|eapply (IH _ H2); eauto]. injection I; intros; subst. exists s. split; [eapply nth_error_In; eauto|eapply inclb_pos; eauto].
    + destruct (nth_error (walls K k0 kadd kmul ksgn cols fit farkas) i) as [w|] eqn:E; try discriminate. apply andb_prop in H. destruct H as [H1 H2].
      destruct I as [I|I]; [|eapply (IH _ H2); eauto]. injection I; intros; subst. exfalso. eapply empties_ok; eauto. eapply nth_error_In; eauto.
Qed.
End Sound2.

(** ** components: no scalars here *)
Section Comp.
Variables (cols : list (list R)) (b : list R) (V : list vert).
Hypothesis H : ok cols b V.
Let masks := map smask V.
Variables (m : nat) (par : list nat).
Lemma mask_nth i s : nth_error masks i = Some s -> exists v, nth_error V i = Some v /\ smask v = s.
Proof.
  intros E. destruct (nth_error V i) as [v|] eqn:G.
  - exists v. split; auto. apply (map_nth_error smask) in G. unfold masks in E. congruence.
  - exfalso. apply nth_error_None in G. assert (Q : nth_error masks i <> None) by congruence. apply nth_error_Some in Q. unfold masks in Q. rewrite map_length in Q. lia.
Qed.
Lemma ucnt_ge_r : forall s t, length s = length t -> (cnt t <= ucnt s t)%nat.
Proof. induction s; intros [|z t] L; simpl in *; try discriminate; auto. specialize (IHs t ltac:(lia)). destruct a, z; simpl; lia. Qed.
Lemma forest_ok : forall fuel i r v, forest m masks par fuel i = Some r -> nth_error V i = Some v -> (cnt (smask v) <= m)%nat ->
  exists u, nth_error V r = Some u /\ (cnt (smask u) <= m)%nat /\ conn cols b m (vr v) (vr u) /\ nth r par O = r.
Proof.
  induction fuel as [|f IH]; intros i r v E Hv C; simpl in E; destruct (Nat.eqb_spec (nth i par O) i) as [Q|Q]; try discriminate;
  try (injection E; intros; subst r; exists v; repeat split; auto; apply rst_refl).
  destruct (nth_error masks i) as [s|] eqn:E1; try discriminate. destruct (nth_error masks (nth i par O)) as [t|] eqn:E2; try discriminate.
  destruct (Nat.leb_spec (ucnt s t) m) as [U|U]; try discriminate. destruct (mask_nth _ _ E1) as (v' & G1 & <-). destruct (mask_nth _ _ E2) as (u & G2 & <-).
  assert (v' = v) by congruence. subst v'. assert (Iv : In v V) by (eapply nth_error_In; eauto). assert (Iu : In u V) by (eapply nth_error_In; eauto).
  assert (Lm : length (smask v) = length (smask u)).
  { destruct (ok_v _ _ _ H v Iv) as ((A1 & _) & A2 & _). destruct (ok_v _ _ _ H u Iu) as ((B1 & _) & B2 & _). apply F2_len in A2. apply F2_len in B2. congruence. }
  destruct (IH _ _ u E G2) as (x & X1 & X2 & X3 & X4). pose proof (ucnt_ge_r _ _ Lm). lia.
  exists x. repeat split; auto. eapply rst_trans; [apply rst_step, (seg_verts cols b V H); eauto|auto].
Qed.
End Comp.
