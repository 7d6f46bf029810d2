(* Soundness of the checker over any scalars K that map to R. *)
From Coq Require Import List ZArith Bool Reals Lra Lia Relations Permutation Factorial.
From Cert Require Import Statement Polytope Networks Slots Theta Checker.
Import ListNotations.
Open Scope R_scope.

Fixpoint vd (B A : R) (w p : list R) : list R := match w, p with x :: w', z :: p' => (B * x - A * z) :: vd B A w' p' | _, _ => [] end.
Lemma dot_vd B A : forall w p, length w = length p -> dot (vd B A w p) (vd B A w p) = B * B * dot w w - 2 * (A * B) * dot p w + A * A * dot p p.
Proof. induction w; intros [|z p] L; simpl in *; try discriminate; [ring|]. rewrite IHw by lia. ring. Qed.
Lemma vd0 B A : forall w p, length w = length p -> dot (vd B A w p) (vd B A w p) = 0 -> map (Rmult B) w = map (Rmult A) p.
Proof.
  induction w as [|x w IH]; intros [|z p] L E; simpl in *; try discriminate; auto. pose proof (dot_nonneg (vd B A w p)).
  assert (0 <= (B * x - A * z) * (B * x - A * z)) by apply Rle_0_sqr. f_equal; [|apply IH; [lia|lra]].
  assert (Z : (B * x - A * z) * (B * x - A * z) = 0) by lra. apply Rsqr_0_uniq in Z. lra.
Qed.
Lemma dot_zeros n w : dot (repeat 0 n) w = 0.
Proof. revert w. induction n; intros [|b w]; simpl; auto. rewrite IHn; ring. Qed.
Lemma cauchy B p w : 0 < B -> length w = length p -> dot p p <= B * B -> dot p w <= B * norm w.
Proof.
  intros HB L H. pose proof (norm_nonneg w) as N. destruct (Req_dec (norm w) 0) as [Z|Z].
  - assert (W : w = repeat 0 (length w)) by (apply dot0; rewrite <- norm_sq, Z; ring). rewrite Z, W, dot_comm, dot_zeros. lra.
  - pose proof (dot_nonneg (vd B (norm w) w p)) as D. rewrite dot_vd in D by auto. rewrite <- (norm_sq w) in D.
    set (a := norm w) in *. assert (Ha : 0 < a) by lra.
    assert (a * a * dot p p <= a * a * (B * B)) by (apply Rmult_le_compat_l; [apply Rle_0_sqr|auto]).
    apply Rmult_le_reg_l with (a * B). apply Rmult_lt_0_compat; auto. lra.
Qed.
Lemma cauchy_eq B p w : 0 < B -> length w = length p -> dot p p <= B * B -> 0 < norm w -> B * norm w <= dot p w ->
  dot p p = B * B /\ w = map (Rmult (norm w / B)) p.
Proof.
  intros HB L H N G. pose proof (dot_nonneg (vd B (norm w) w p)) as D. rewrite dot_vd in D by auto. pose proof (norm_sq w) as Q. 
  set (a := norm w) in *.
  assert (a * B * (B * a) <= a * B * dot p w) by (apply Rmult_le_compat_l; auto; apply Rlt_le, Rmult_lt_0_compat; auto).
  assert (a * a * dot p p <= a * a * (B * B)) by (apply Rmult_le_compat_l; [apply Rle_0_sqr|auto]).
  assert (E : dot p p = B * B). { apply Rmult_eq_reg_l with (a * a); [|apply Rgt_not_eq, Rmult_lt_0_compat; auto]. rewrite <- Q in D. lra. }
  split; auto. assert (Z : dot (vd B a w p) (vd B a w p) = 0) by (rewrite dot_vd by auto; apply Rle_antisym; [rewrite <- Q, E in *; lra|auto]).
  apply vd0 in Z; auto. apply map_mult_inj with B; [lra|]. rewrite Z, map_mult_mult. apply map_ext. intros x. field. lra.
Qed.

Section Sound.
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
Notation vadd := (vadd K kadd).
Notation vscale := (vscale K kmul).
Notation pv := (map phi).

Lemma is_gt x : is Gt x = true -> 0 < phi x.
Proof. unfold Checker.is. pose proof (sgn_ok x). destruct (ksgn x) as [[]|]; try discriminate; auto. Qed.
Lemma is_lt x : is Lt x = true -> phi x < 0.
Proof. unfold Checker.is. pose proof (sgn_ok x). destruct (ksgn x) as [[]|]; try discriminate; auto. Qed.
Lemma is_eq x : is Eq x = true -> phi x = 0.
Proof. unfold Checker.is. pose proof (sgn_ok x). destruct (ksgn x) as [[]|]; try discriminate; auto. Qed.
Lemma keq_ok x z : keq K kadd kopp ksgn x z = true -> phi x = phi z.
Proof. intros H. apply is_eq in H. unfold ksub in H. rewrite phi_add, phi_opp in H. lra. Qed.
Lemma phi_dot : forall x w, phi (kdot x w) = dot (pv x) (pv w).
Proof. induction x; intros [|b w]; simpl; auto. rewrite phi_add, phi_mul, IHx. auto. Qed.
Lemma dot_vadd w : forall u v, dot (pv (vadd u v)) w = dot (pv u) w + dot (pv v) w.
Proof.
  induction w as [|b w IH]; intros [|x u] [|z v]; simpl; try ring. rewrite phi_add, IH. ring.
Qed.
Lemma dot_vscale k : forall u w, dot (pv (vscale k u)) w = phi k * dot (pv u) w.
Proof. unfold Checker.vscale. induction u; intros [|b w]; simpl; try ring. rewrite phi_mul, IHu. ring. Qed.
Lemma veq_ok : forall u v, veq K kadd kopp ksgn u v = true -> pv u = pv v.
Proof. unfold veq. induction u as [|a u IH]; intros [|b v] H; simpl in *; try discriminate; auto. apply andb_prop in H. destruct H as [A B]. f_equal; [apply keq_ok; auto|apply IH; auto]. Qed.
Lemma dot_allzero w : forall u, forallb (is Eq) u = true -> dot (pv u) w = 0.
Proof. induction w; intros [|x u] H; simpl in *; auto. apply andb_prop in H. destruct H as [A B]. rewrite (is_eq _ A), IHw; auto. ring. Qed.

Variable D : data K.
Notation R_ k := (pv (rowk K D k)).
Notation rows := (rows K ksgn D).
Definition agree (a : signs) (h : list R) := forall k b, In (k, b) a -> if b then 0 < dot (R_ k) h else dot (R_ k) h < 0.
Lemma agreeb_ok a h : agreeb K k0 kadd kmul ksgn D a h = true -> agree a (pv h).
Proof.
  intros H k b I. unfold agreeb in H. rewrite forallb_forall in H. specialize (H _ I). simpl in H. rewrite <- phi_dot. destruct b; [apply is_gt|apply is_lt]; auto.
Qed.
Lemma has_sign_In a k b : has_sign a k b = true -> In (k, b) a.
Proof.
  unfold has_sign. rewrite existsb_exists. intros ([k' b'] & I & E). simpl in E. apply andb_prop in E. destruct E as [E1 E2].
  apply Nat.eqb_eq in E1. apply Bool.eqb_prop in E2. subst; auto.
Qed.
Lemma refutes_ok c a h : circuit_ok K kadd kmul ksgn D c = true -> refutes K ksgn c a = true -> agree a h -> False.
Proof.
  unfold circuit_ok, refutes. rewrite !andb_true_iff. intros [[[L NE] NZ] Z] Rf A. destruct c as [ks ts]. cbn [fst snd] in *.
  pose proof (dot_allzero h _ Z) as E.
  assert (Q : forall l : list (nat * K), dot (pv (fold_right vadd [] (map (fun p => vscale (snd p) (rowk K D (fst p))) l))) h = fold_right (fun p r => phi (snd p) * dot (R_ (fst p)) h + r) 0 l).
  { induction l as [|[k t] l IH]; simpl; auto. rewrite dot_vadd, dot_vscale, IH. auto. }
  rewrite Q in E. clear Q Z. assert (NN : combine ks ts <> []).
  { unfold lenb in *. apply Nat.eqb_eq in L. destruct ks, ts; simpl in *; try discriminate. }
  assert (NZ' : forall p, In p (combine ks ts) -> is Lt (snd p) = true \/ is Gt (snd p) = true).
  { intros [k t] I. apply in_combine_r in I. rewrite forallb_forall in NZ. apply NZ in I. apply orb_prop in I. auto. }
  revert E NN NZ' Rf. generalize (combine ks ts). intros l E NN NZ' Rf. apply orb_prop in Rf. destruct Rf as [Rf|Rf]; rewrite forallb_forall in Rf.
  - assert (Pos : forall p, In p l -> 0 < phi (snd p) * dot (R_ (fst p)) h).
    { intros p I. specialize (Rf p I). apply has_sign_In, A in Rf. destruct (is Gt (snd p)) eqn:G.
      - apply is_gt in G. apply Rmult_lt_0_compat; auto.
      - destruct (NZ' p I) as [N|N]; [|congruence]. apply is_lt in N. nra. }
    clear -E NN Pos. assert (G : forall l0, (forall p, In p l0 -> 0 < phi (snd p) * dot (R_ (fst p)) h) -> 0 <= fold_right (fun (p : nat * K) r => phi (snd p) * dot (R_ (fst p)) h + r) 0 l0).
    { induction l0 as [|p l0 IH]; simpl; intros H; [lra|]. pose proof (H p ltac:(auto)). specialize (IH ltac:(auto)). lra. }
    destruct l as [|p l]; [tauto|]. simpl in *. pose proof (Pos p ltac:(auto)). specialize (G l ltac:(auto)). lra.
  - assert (Pos : forall p, In p l -> phi (snd p) * dot (R_ (fst p)) h < 0).
    { intros p I. specialize (Rf p I). apply has_sign_In, A in Rf. destruct (is Lt (snd p)) eqn:G.
      - apply is_lt in G. nra.
      - destruct (NZ' p I) as [N|N]; [congruence|]. apply is_gt in N. nra. }
    clear -E NN Pos. assert (G : forall l0, (forall p, In p l0 -> phi (snd p) * dot (R_ (fst p)) h < 0) -> fold_right (fun (p : nat * K) r => phi (snd p) * dot (R_ (fst p)) h + r) 0 l0 <= 0).
    { induction l0 as [|p l0 IH]; simpl; intros H; [lra|]. pose proof (H p ltac:(auto)). specialize (IH ltac:(auto)). lra. }
    destruct l as [|p l]; [tauto|]. simpl in *. pose proof (Pos p ltac:(auto)). specialize (G l ltac:(auto)). lra.
Qed.

Variable circuits : list (list nat * list K).
Hypothesis Hcirc : forallb (circuit_ok K kadd kmul ksgn D) circuits = true.
Notation tree_of_topes := (tree_of_topes K k0 kadd kmul ksgn D circuits).
Lemma pat_ok : forall toks stack pts res, tree_of_topes toks stack pts = Some res ->
  (forall rest acc h, In (rest, acc) stack -> agree acc h -> (forall k, In k rest -> dot (R_ k) h <> 0) ->
    (acc = [] -> match rest with k :: _ => 0 < dot (R_ k) h | [] => True end) ->
    exists a, In a res /\ agree a h) /\
  (forall a, In a res -> exists h, agree a h /\ length h = d_dim K D /\ exists rest acc, In (rest, acc) stack /\ forall k, In k rest \/ In k (map fst acc) <-> In k (map fst a)).
Proof.
  induction toks as [|t toks IH]; intros stack pts res H; simpl in H.
  - destruct stack, pts; try discriminate. injection H; intros; subst. split; simpl; tauto.
  - destruct stack as [|[rest acc] st]; try discriminate. destruct (t =? -2)%Z; [|destruct (t =? -1)%Z].
    + destruct rest; try discriminate. destruct pts as [|h pts]; try discriminate.
      destruct (lenb (d_dim K D) h && agreeb K k0 kadd kmul ksgn D acc h) eqn:A; try discriminate. apply andb_prop in A. destruct A as [L A].
      destruct (tree_of_topes toks st pts) as [res'|] eqn:E; try discriminate. simpl in H. injection H; intros; subst. destruct (IH _ _ _ E) as [I1 I2]. split.
      * intros rest0 acc0 h0 [J|J] B C G. injection J; intros E1 E2; subst rest0 acc0. exists acc. simpl; auto.
        destruct (I1 _ _ _ J B C G) as (a & Q1 & Q2). exists a; simpl; auto.
      * intros a [<-|J]. exists (pv h). split; [apply agreeb_ok; auto|]. split; [rewrite map_length; apply Nat.eqb_eq; auto|]. exists [], acc. simpl. split; [auto|tauto].
        destruct (I2 _ J) as (h0 & Q1 & Q2 & r0 & a0 & Q3 & Q4). exists h0. repeat split; auto. exists r0, a0. simpl; auto.
    + destruct rest as [|k rest]; try discriminate. destruct (IH _ _ _ H) as [I1 I2]. split.
      * intros rest0 acc0 h0 [J|J] B C G.
        -- injection J; intros E1 E2; subst rest0 acc0. assert (N : dot (R_ k) h0 <> 0) by (apply C; simpl; auto).
           destruct (Rlt_le_dec 0 (dot (R_ k) h0)) as [Q|Q].
           ++ apply (I1 rest ((k, true) :: acc) h0); simpl; auto; [|intros; apply C; simpl; auto|discriminate]. intros k' b [E|E]; [injection E; intros; subst; auto|apply B; auto].
           ++ assert (Q' : dot (R_ k) h0 < 0) by lra. destruct acc as [|p acc]; [specialize (G eq_refl); simpl in G; lra|].
              apply (I1 rest ((k, false) :: p :: acc) h0); simpl; auto; [|intros; apply C; simpl; auto|discriminate].
              intros k' b [E|E]; [injection E; intros; subst; auto|apply B; auto].
        -- apply (I1 rest0 acc0); auto. right. destruct acc; simpl; auto.
      * intros a Ha. destruct (I2 _ Ha) as (h0 & Q1 & Q2 & r0 & a0 & Q3 & Q4). exists h0. repeat split; auto. destruct Q3 as [Q3|Q3].
        -- injection Q3; intros; subst. exists (k :: r0), acc. split; [simpl; auto|]. intros k'. rewrite <- Q4. simpl. tauto.
        -- destruct acc as [|p acc].
           ++ exists r0, a0. split; [simpl; auto|auto].
           ++ destruct Q3 as [Q3|Q3]; [|exists r0, a0; split; [simpl; auto|auto]]. injection Q3; intros; subst. exists (k :: r0), (p :: acc). split; [simpl; auto|].
              intros k'. rewrite <- Q4. simpl. tauto.
    + destruct (nth_error circuits (Z.to_nat t)) as [c|] eqn:E; try discriminate.
      destruct ((0 <=? t)%Z && refutes K ksgn c acc) eqn:E2; try discriminate. apply andb_prop in E2. destruct E2 as [_ E2]. destruct (IH _ _ _ H) as [I1 I2]. split.
      * intros rest0 acc0 h0 [J|J] B C G; [|apply (I1 rest0 acc0); auto]. injection J; intros E1 E3; subst rest0 acc0. exfalso.
        apply nth_error_In in E. rewrite forallb_forall in Hcirc. eapply refutes_ok; eauto.
      * intros a Ha. destruct (I2 _ Ha) as (h0 & Q1 & Q2 & r0 & a0 & Q3 & Q4). exists h0. repeat split; auto. exists r0, a0. simpl; auto.
Qed.

(** no two leaves of the tree have the same signs *)
Definition clash (a a' : signs) := exists k b, In (k, b) a /\ In (k, negb b) a'.
Lemma pat_clash : forall toks stack pts res, tree_of_topes toks stack pts = Some res -> ForallOrdPairs (fun x z => clash (snd x) (snd z)) stack ->
  (forall a, In a res -> exists rest acc, In (rest, acc) stack /\ incl acc a /\ (acc = [] -> match rest with k :: _ => In (k, true) a | [] => True end)) /\
  ForallOrdPairs clash res.
Proof.
  induction toks as [|t toks IH]; intros stack pts res H S; simpl in H.
  - destruct stack, pts; try discriminate. injection H; intros; subst. split; [intros a []|constructor].
  - destruct stack as [|[rest acc] st]; try discriminate. inversion S as [|x l S1 S2]; subst. destruct (t =? -2)%Z; [|destruct (t =? -1)%Z].
    + destruct rest; try discriminate. destruct pts as [|h pts]; try discriminate.
      destruct (lenb (d_dim K D) h && agreeb K k0 kadd kmul ksgn D acc h); try discriminate.
      destruct (tree_of_topes toks st pts) as [res'|] eqn:E; try discriminate. simpl in H. injection H; intros; subst. destruct (IH _ _ _ E S2) as [I1 I2]. split.
      * intros a [<-|J]; [exists [], acc; split; [simpl; auto|split; [apply incl_refl|auto]]|]. destruct (I1 a J) as (r & ac & A & B). exists r, ac. simpl; auto.
      * constructor; auto. apply Forall_forall. intros a J. destruct (I1 a J) as (r & ac & A & B & _). rewrite Forall_forall in S1. destruct (S1 _ A) as (k & b & Q1 & Q2). exists k, b. simpl in *. auto.
    + destruct rest as [|k rest]; try discriminate.
      assert (Ext : forall b, Forall (fun z : list nat * signs => clash (snd (rest, (k, b) :: acc)) (snd z)) st).
      { intros b. eapply Forall_impl; [|exact S1]. intros z (k' & b' & Q1 & Q2). exists k', b'. simpl in *. auto. }
      destruct (IH _ _ _ H) as [I1 I2].
      { destruct acc as [|p acc]; constructor; auto. constructor; auto. exists k, true. simpl. auto. constructor; auto. }
      split; auto. intros a J. destruct (I1 a J) as (r & ac & A & B & Cc). destruct A as [A|A].
      * injection A; intros; subst. exists (k :: r), acc. split; [simpl; auto|]. split; [intros z Z; apply B; simpl; auto|]. intros ->. apply B. simpl; auto.
      * destruct acc as [|p acc]; [exists r, ac; simpl; auto|]. destruct A as [A|A]; [|exists r, ac; simpl; auto].
        injection A; intros; subst. exists (k :: r), (p :: acc). split; [simpl; auto|]. split; [intros z Z; apply B; simpl; auto|discriminate].
    + destruct (nth_error circuits (Z.to_nat t)) as [c|]; try discriminate. destruct ((0 <=? t)%Z && refutes K ksgn c acc); try discriminate.
      destruct (IH _ _ _ H S2) as [I1 I2]. split; auto. intros a J. destruct (I1 a J) as (r & ac & A & B). exists r, ac. simpl; auto.
Qed.

(** every w lies in the closed cone of a tope *)
Definition closed (a : signs) (w : list R) := forall k b, In (k, b) a -> if b then 0 <= dot (R_ k) w else dot (R_ k) w <= 0.
Definition covers (a : signs) := forall k, In k rows -> In k (map fst a).
Variables (topes : list signs) (toks : list Z) (pts : list (list K)).
Hypothesis Hpat : tree_of_topes toks [(rows, [])] pts = Some topes.
Hypothesis Hne : topes <> [].
Fixpoint axpy (e : R) (w h : list R) : list R := match w, h with x :: w', z :: h' => (x + e * z) :: axpy e w' h' | _, _ => [] end.
Lemma dot_axpy e : forall x w h, length w = length h -> dot x (axpy e w h) = dot x w + e * dot x h.
Proof. induction x; intros [|b w] [|z h] L; simpl in *; try discriminate; try ring. rewrite IHx by lia. ring. Qed.
Lemma generic_eps (w h : list R) : length w = length h -> forall l, (forall k, In k l -> dot (R_ k) h <> 0) ->
  exists e, 0 < e /\ forall e', 0 < e' <= e -> forall k, In k l -> dot (R_ k) (axpy e' w h) <> 0 /\ (0 < dot (R_ k) (axpy e' w h) -> 0 <= dot (R_ k) w) /\ (dot (R_ k) (axpy e' w h) < 0 -> dot (R_ k) w <= 0).
Proof.
  intros L. induction l as [|k l IH]; intros G.
  - exists 1. split; [lra|]. intros e' _ k0' [].
  - destruct IH as (e & He & J). intros; apply G; simpl; auto. pose proof (G k ltac:(simpl; auto)) as N.
    set (p := dot (R_ k) w). set (q := dot (R_ k) h) in *.
    assert (exists e2, 0 < e2 /\ forall e', 0 < e' <= e2 -> p + e' * q <> 0 /\ (0 < p + e' * q -> 0 <= p) /\ (p + e' * q < 0 -> p <= 0)) as (e2 & He2 & J2).
    { destruct (Req_dec p 0) as [Z|Z].
      - exists 1. split; [lra|]. intros e' [A B]. rewrite Z. repeat split; try lra. intros E. apply N. apply Rmult_eq_reg_l with e'; lra.
      - exists (Rabs p / (2 * Rabs q)). assert (Aq : 0 < Rabs q) by (apply Rabs_pos_lt; auto). assert (Ap : 0 < Rabs p) by (apply Rabs_pos_lt; auto).
        split. apply Rdiv_lt_0_compat; lra. intros e' [A B].
        assert (B2 : e' * Rabs q <= Rabs p / 2). { apply Rmult_le_compat_r with (r := Rabs q) in B; [|lra]. replace (Rabs p / (2 * Rabs q) * Rabs q) with (Rabs p / 2) in B by (field; lra). auto. }
        assert (B3 : Rabs (e' * q) <= Rabs p / 2) by (rewrite Rabs_mult, (Rabs_right e'); lra).
        pose proof (Rle_abs (e' * q)) as U1. pose proof (Rle_abs (- (e' * q))) as U2. rewrite Rabs_Ropp in U2. set (u := Rabs (e' * q)) in *. clearbody u.
        unfold Rabs in B3, Ap. destruct (Rcase_abs p); repeat split; try lra. }
    exists (Rmin e e2). split; [apply Rmin_glb_lt; auto|]. intros e' [A B] k' [<-|I].
    + rewrite !dot_axpy by auto. fold p q. apply J2. split; auto. eapply Rle_trans; [apply B|apply Rmin_r].
    + apply J; auto. split; auto. eapply Rle_trans; [apply B|apply Rmin_l].
Qed.
Lemma dot_opp : forall x h, dot x (map (Rmult (-1)) h) = - dot x h.
Proof. intros. rewrite dot_scal. ring. Qed.
Theorem cones w : length w = d_dim K D -> exists a, In a (with_opposites K ksgn D topes) /\ closed a w /\ covers a.
Proof.
  intros L. destruct (pat_ok _ _ _ _ Hpat) as [C1 C2]. destruct topes as [|t0 ts] eqn:ET; [congruence|]. rewrite <- ET in *.
  assert (Cov : forall a, In a topes -> covers a).
  { intros a Ha k Hk. destruct (C2 a Ha) as (h & _ & _ & r & ac & [J|[]] & Q). injection J; intros; subst. apply Q; auto. }
  destruct (C2 t0) as (h0 & A0 & L0 & _); [rewrite ET; simpl; auto|].
  assert (G0 : forall k, In k rows -> dot (R_ k) h0 <> 0).
  { intros k Hk. assert (I : In k (map fst t0)) by (apply Cov; auto; rewrite ET; simpl; auto). apply in_map_iff in I. destruct I as ([k' b] & E & I). simpl in E; subst.
    apply A0 in I. destruct b; lra. }
  destruct (generic_eps w h0 ltac:(congruence) rows G0) as (e & He & J). specialize (J e ltac:(lra)). set (h := axpy e w h0) in *.
  assert (Key : forall a k, In a topes -> (In k rows <-> In k (map fst a))).
  { intros a k Ha. destruct (C2 a Ha) as (h1 & _ & _ & r & ac & [J1|[]] & Q). injection J1; intros; subst. rewrite <- Q. simpl. tauto. }
  assert (Cl : forall a h1, In a topes -> agree a h1 -> (forall k, In k rows -> (0 < dot (R_ k) h1 -> 0 <= dot (R_ k) w) /\ (dot (R_ k) h1 < 0 -> dot (R_ k) w <= 0)) -> closed a w).
  { intros a h1 Ha A M k b I. assert (Hk : In k rows) by (apply (Key a); auto; apply in_map_iff; exists (k, b); auto).
    destruct (M k Hk) as [M1 M2]. specialize (A _ _ I). destruct b; auto. }
  assert (FlipC : forall a h1, In a topes -> agree a h1 -> (forall k, In k rows -> (0 < dot (R_ k) h1 -> dot (R_ k) w <= 0) /\ (dot (R_ k) h1 < 0 -> 0 <= dot (R_ k) w)) -> closed (flip a) w).
  { intros a h1 Ha A M k b I. unfold flip in I. apply in_map_iff in I. destruct I as ([k' b'] & E & I). simpl in E. injection E; intros; subst.
    assert (Hk : In k rows) by (apply (Key a); auto; apply in_map_iff; exists (k, b'); auto).
    destruct (M k Hk) as [M1 M2]. specialize (A _ _ I). destruct b'; simpl; auto. }
  assert (CovF : forall a, In a topes -> covers (flip a)).
  { intros a Ha k Hk. pose proof (Cov a Ha k Hk) as Q. unfold flip. rewrite map_map. exact Q. }
  unfold with_opposites. destruct rows as [|k1 rs] eqn:ER.
  - exists t0. split; [rewrite ET; simpl; auto|]. split; [|apply Cov; rewrite ET; simpl; auto].
    intros k b I. exfalso. destruct (Key t0 k) as [_ Q]; [rewrite ET; simpl; auto|]. apply Q. apply in_map_iff. exists (k, b); auto.
  - assert (N1 : dot (R_ k1) h <> 0) by (destruct (J k1) as (J0 & _); [simpl; auto|exact J0]).
    destruct (Rlt_le_dec 0 (dot (R_ k1) h)) as [S1|S1].
    + destruct (C1 (k1 :: rs) [] h) as (a & Ia & Aa); simpl; auto; [intros k b []|intros k Hk; destruct (J k Hk) as (J0 & _); exact J0|].
      exists a. split; [apply in_flat_map; exists a; simpl; auto|]. split; [|apply Cov; auto].
      apply (Cl a h); auto. intros k Hk. destruct (J k Hk) as (_ & J1 & J2). auto.
    + destruct (C1 (k1 :: rs) [] (map (Rmult (-1)) h)) as (a & Ia & Aa); simpl; auto.
      { intros k b []. } { intros k Hk. rewrite dot_opp. destruct (J k Hk) as (J0 & _). intros E. apply J0. lra. }
      { intros _. rewrite dot_opp. lra. }
      exists (flip a). split; [apply in_flat_map; exists a; simpl; auto|]. split; [|apply CovF; auto].
      apply (FlipC a (map (Rmult (-1)) h)); auto. intros k Hk. rewrite dot_opp. destruct (J k Hk) as (_ & J1 & J2). split; intros; [apply J2|apply J1]; lra.
Qed.
End Sound.
