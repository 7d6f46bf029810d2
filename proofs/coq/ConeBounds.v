(* What a tree of cones proves (proofs/cones.md, C1-C4): kappa'(Xu)_+ is a form with integer entries, a leaf bounds it
   on a cone by p'u, and the cones of the leaves cover the span of the rows: kappa is feasible, its atoms are the listed ones. *)
From Coq Require Import List ZArith QArith Bool Reals Qreals Lra Lia.
From Cert Require Import Statement Polytope Networks Slots Rank Theta Checker Cones Checks Staircase Rational ConeTree.
Import ListNotations.
Open Scope R_scope.
Definition ir (x : row) : list R := map IZR x.
Lemma dot_ir_z : forall x u, dot (ir x) (ir u) = IZR (zdot x u).
Proof. induction x; intros [|b u]; simpl; auto. rewrite plus_IZR, mult_IZR, <- IHx. auto. Qed.
Lemma zsame_eq : forall x u, zsame x u = true -> x = u.
Proof. unfold zsame. induction x as [|a x IH]; intros [|b u] H; simpl in H; try discriminate; auto. apply andb_prop in H. destruct H as [A B]. apply Z.eqb_eq in A. f_equal; auto. Qed.
Lemma dot_ir_scale c x u : dot (ir (map (Z.mul c) x)) u = IZR c * dot (ir x) u.
Proof. revert u. induction x; intros [|b u]; simpl; try ring. unfold ir in *. rewrite IHx, mult_IZR. ring. Qed.
Lemma zadd_len : forall x u, length x = length u -> length (zadd x u) = length x.
Proof. induction x; intros [|b u] L; simpl in *; try discriminate; auto. Qed.
Lemma dot_ir_add : forall x u w, length x = length u -> dot (ir (zadd x u)) w = dot (ir x) w + dot (ir u) w.
Proof. induction x; intros [|b u] [|c w] L; simpl in *; try discriminate; try ring. unfold ir in *. rewrite IHx, plus_IZR by lia. ring. Qed.
Lemma dot_mult_map {A} (f : A -> R) t c l : dot c (map (fun x => t * f x) l) = t * dot c (map f l).
Proof. apply dot_map_scal. Qed.

(** ** the projection on the span of some vectors *)
Fixpoint lin (d : nat) (c : list R) (B : list (list R)) : list R := match c, B with t :: c', b :: B' => shift (map (Rmult t) b) (lin d c' B') | _, _ => repeat 0 d end.
Lemma dot_shift x : forall u v, length u = length v -> dot x (shift u v) = dot x u + dot x v.
Proof. induction x; intros [|b u] [|c v] L; simpl in *; try discriminate; try ring. rewrite IHx by lia. ring. Qed.
Lemma lin_len d B : Forall (fun b => length b = d) B -> forall c, length (lin d c B) = d.
Proof. induction 1 as [|b B L F IH]; intros [|t c]; simpl; rewrite ?repeat_length; auto. rewrite shift_len; rewrite map_length; auto. rewrite IH. auto. Qed.
Lemma dot_lin d B : Forall (fun b => length b = d) B -> forall c x, dot x (lin d c B) = dot c (map (dot x) B).
Proof.
  induction 1 as [|b B L F IH]; intros [|t c] x; simpl; try (rewrite dot_comm; apply dot_zeros). rewrite dot_shift, IH, dot_scal; auto. rewrite map_length, lin_len; auto.
Qed.
Lemma dot_agree B u v : (forall b, In b B -> dot b u = dot b v) -> map (dot u) B = map (dot v) B.
Proof. intros H. apply map_ext_in. intros b I. rewrite (dot_comm u), (dot_comm v). auto. Qed.
Lemma projection d B : Forall (fun b => length b = d) B -> forall w, length w = d -> exists c, length c = length B /\ forall b, In b B -> dot b w = dot b (lin d c B).
Proof.
  induction 1 as [|b B L F IH]; intros w Lw; [exists []; split; [auto|intros b []]|].
  destruct (IH w Lw) as (c1 & L1 & E1), (IH b L) as (c2 & L2 & E2). set (u1 := lin d c1 B) in *. set (u2 := lin d c2 B) in *.
  assert (Lu1 : length u1 = d) by (apply lin_len; auto). assert (Lu2 : length u2 = d) by (apply lin_len; auto).
  set (b' := shift b (map (Rmult (-1)) u2)). assert (Lb' : length (map (Rmult (-1)) u2) = length b) by (rewrite map_length; congruence).
  assert (Db : forall x, dot x b' = dot x b - dot x u2) by (intros x; unfold b'; rewrite dot_shift, dot_scal by auto; ring).
  assert (Ux : forall x, (forall z, In z B -> dot z x = dot z w) -> dot u2 x = dot u2 w).
  { intros x Hx. rewrite (dot_comm u2 x), (dot_comm u2 w). unfold u2. rewrite !dot_lin by auto. f_equal. apply dot_agree; auto. }
  destruct (Req_dec (dot b' b') 0) as [Z|Z].
  - exists (0 :: c1). split; [simpl; auto|]. simpl lin. fold u1.
    assert (Eb : forall x, dot x b = dot x u2). { apply dot0 in Z. intros x. pose proof (Db x) as Q. rewrite Z, dot_comm, dot_zeros in Q. lra. }
    intros z I. rewrite dot_shift by (rewrite map_length; congruence). rewrite dot_scal, Rmult_0_l, Rplus_0_l. destruct I as [<-|I]; [|apply E1; auto].
    rewrite (dot_comm b w), (dot_comm b u1), !Eb, (dot_comm w), (dot_comm u1). symmetry. apply Ux. intros z I. symmetry. apply E1; auto.
  - set (t := (dot w b' - dot u1 b') / dot b' b'). exists (t :: shift c1 (map (Rmult (- t)) c2)). split; [simpl; rewrite shift_len; rewrite ?map_length; congruence|].
    set (u := lin d _ _). assert (Du : forall x, dot x u = dot x u1 + t * dot x b').
    { intros x. unfold u. rewrite dot_lin by (constructor; auto). simpl. rewrite (dot_comm (shift _ _)), dot_shift, (dot_comm _ c1), dot_scal, (dot_comm _ c2) by (rewrite map_length; congruence).
      rewrite <- !(dot_lin d) by auto. fold u1 u2. rewrite Db. ring. }
    assert (Ez : forall z, In z B -> dot z w = dot z u). { intros z I. rewrite Du, Db, <- (E2 z I), <- (E1 z I). ring. }
    intros z [<-|I]; [|auto]. assert (Eu : dot u2 u = dot u2 w) by (apply Ux; intros z I; symmetry; auto).
    assert (X1 : dot u b' = dot w b'). { rewrite (dot_comm u), Du. unfold t. rewrite (dot_comm b' u1), (dot_comm w). field. auto. }
    rewrite (Db u), (Db w) in X1. rewrite (dot_comm b w), (dot_comm b u). rewrite (dot_comm u2 u), (dot_comm u2 w) in Eu. lra.
Qed.
Lemma nearer d c B w : Forall (fun b => length b = d) B -> length w = d -> (forall b, In b B -> dot b w = dot b (lin d c B)) ->
  norm (lin d c B) <= norm w /\ (norm w <= norm (lin d c B) -> w = lin d c B).
Proof.
  intros F L E. set (u := lin d c B) in *. assert (Lu : length u = d) by (apply lin_len; auto).
  assert (Q : dot u u = dot u w). { rewrite (dot_comm u w). unfold u at 2 3. rewrite !dot_lin by auto. f_equal. symmetry. apply dot_agree; auto. }
  assert (V : dot (vd 1 1 w u) (vd 1 1 w u) = dot w w - dot u u) by (rewrite dot_vd by congruence; rewrite <- Q; ring).
  pose proof (dot_nonneg (vd 1 1 w u)) as N. split; [apply sqrt_le_1_alt; lra|]. intros Le.
  assert (dot w w <= dot u u). { rewrite <- (norm_sq w), <- (norm_sq u). pose proof (norm_nonneg w). apply Rmult_le_compat; auto. }
  assert (Z : dot (vd 1 1 w u) (vd 1 1 w u) = 0) by lra. apply vd0 in Z; [|congruence]. apply map_mult_inj in Z; [auto|lra].
Qed.

(** ** C1: the form *)
Definition val (F : form) (linear : row) (u : list R) : R := dot (ir linear) u + fold_right (fun t acc => IZR (snd t) * relu (dot (ir (fst t)) u) + acc) 0 F.
Lemma put_ok r w u : forall F linear, val (put r w F) linear u = val F linear u + IZR w * relu (dot (ir r) u).
Proof.
  unfold val. intros F linear. rewrite Rplus_assoc. f_equal. induction F as [|[x v] F IH]; simpl; [ring|]. destruct (zsame x r) eqn:E; simpl.
  - apply zsame_eq in E. subst. rewrite plus_IZR. ring.
  - rewrite IH. ring.
Qed.
Lemma relu_flip t : relu (- t) = relu t - t.
Proof. unfold relu, Rmax. destruct (Rle_dec 0 (- t)), (Rle_dec 0 t); lra. Qed.
Lemma put_len r w n : length r = n -> forall F, Forall (fun t => length (fst t) = n) F -> Forall (fun t : row * Z => length (fst t) = n) (put r w F).
Proof. intros L. induction 1 as [|[x v] F Lx Fo IH]; simpl; [auto|]. destruct (zsame x r); auto. Qed.
Lemma form_ok n : forall X kap F linear F' linear', form_of X kap F linear = Some (F', linear') -> Forall (fun x => length x = n) X -> length linear = n ->
  Forall (fun t => length (fst t) = n) F ->
  (length linear' = n /\ Forall (fun t => length (fst t) = n) F') /\
  forall u, val F' linear' u = val F linear u + dot (ir kap) (map (fun x => relu (dot (ir x) u)) X).
Proof.
  induction X as [|x X IH]; intros [|k kap] F linear F' linear' H LX Ll LF; simpl in H; try discriminate.
  - injection H; intros; subst. split; auto. intros u. simpl. ring.
  - assert (Lx := Forall_inv LX). assert (LX' := Forall_inv_tail LX). cbn [ir map dot]. destruct (content x =? 0)%Z eqn:Ez.
    + destruct (forallb (Z.eqb 0) x) eqn:Z; try discriminate. destruct (IH _ _ _ _ _ H LX' Ll LF) as [A B]. split; auto. intros u. rewrite B.
      replace (dot (ir x) u) with 0; [unfold relu; rewrite Rmax_left by lra; unfold ir; ring|]. clear -Z. revert u. induction x as [|t x IH]; intros [|b u]; simpl; auto. cbn [forallb] in Z.
      apply andb_prop in Z. destruct Z as [Z1 Z2]. apply Z.eqb_eq in Z1. rewrite <- Z1. unfold ir in IH. rewrite <- IH by auto. ring.
    + set (c := content x) in *. set (s := lead x) in *. set (r := divided (s * c) x) in *. destruct (is_multiple (s * c) r x && (0 <? c)%Z && ((s =? 1)%Z || (s =? -1)%Z)) eqn:T; try discriminate.
      rewrite !andb_true_iff in T. destruct T as [[T1 T2] T3]. apply zsame_eq in T1. apply Z.ltb_lt in T2. apply (IZR_lt 0) in T2. fold r in H.
      assert (Lr : length r = length x) by (unfold r, divided; apply map_length).
      assert (Dx : forall u, dot (ir x) u = IZR s * IZR c * dot (ir r) u) by (intros u; rewrite <- T1, dot_ir_scale, mult_IZR; ring).
      destruct (IH _ _ _ _ _ H LX') as [A B].
      { destruct (s <? 0)%Z; auto. rewrite zadd_len; rewrite ?map_length; congruence. }
      { apply put_len; [congruence|auto]. }
      split; auto. intros u. rewrite B, put_ok. rewrite Dx, mult_IZR.
      assert (Q : IZR k * relu (IZR s * IZR c * dot (ir r) u) = IZR k * IZR c * relu (dot (ir r) u) + (if (s <? 0)%Z then - (IZR k * IZR c) * dot (ir r) u else 0)).
      { apply orb_prop in T3. destruct T3 as [T3|T3]; apply Z.eqb_eq in T3; rewrite T3; simpl.
        - rewrite Rmult_1_l, relu_scal by lra. ring.
        - replace (-1 * IZR c * dot (ir r) u) with (IZR c * - dot (ir r) u) by ring. rewrite relu_scal, relu_flip by lra. ring. }
      rewrite Q. unfold val. destruct (s <? 0)%Z.
      * rewrite dot_ir_add by (rewrite map_length; congruence). rewrite dot_ir_scale, opp_IZR, mult_IZR. unfold ir. ring.
      * unfold ir. ring.
Qed.
Lemma val_turned s F linear u : val (turned s F) (map (Z.mul s) linear) u = IZR s * val F linear u.
Proof. unfold val, turned. rewrite dot_ir_scale, Rmult_plus_distr_l. f_equal. induction F as [|[x w] F IH]; simpl; [ring|]. rewrite IH, mult_IZR. ring. Qed.

(** ** cones: what a vector gives at a point is what it gives at the generators *)
Definition within (cone : list row) (u : list R) := exists lam, length lam = length cone /\ Forall (fun t => 0 <= t) lam /\
  forall x, dot x u = dot lam (map (fun r => dot x (ir r)) cone).
Lemma setn_len {A} (x : A) : forall i l, length (setn i x l) = length l.
Proof. intros i l. revert i. induction l; intros [|i]; simpl; auto. Qed.
Lemma setn_pos x : 0 <= x -> forall l, Forall (fun t => 0 <= t) l -> forall i, Forall (fun t => 0 <= t) (setn i x l).
Proof. intros X. induction 1; intros [|i]; simpl; auto. Qed.
Lemma setn_nth {A} (x d : A) : forall i j l, (i < length l)%nat -> nth j (setn i x l) d = if (j =? i)%nat then x else nth j l d.
Proof. intros i j l. revert i j. induction l as [|a l IH]; intros [|i] [|j] L; simpl in *; try lia; auto. apply IH. lia. Qed.
Lemma dot_setn_l x : forall lam i v, length lam = length v -> (i < length lam)%nat -> dot (setn i x lam) v = dot lam v + (x - nth i lam 0) * nth i v 0.
Proof. induction lam as [|a lam IH]; intros [|i] [|b v] L Li; simpl in *; try lia; try discriminate; [ring|]. rewrite IH by lia. ring. Qed.
Lemma map_setn {A B} (f : A -> B) x : forall i l, map f (setn i x l) = setn i (f x) (map f l).
Proof. intros i l. revert i. induction l; intros [|i]; simpl; auto. f_equal; auto. Qed.
Lemma dot_setn_r x : forall lam i v, length lam = length v -> (i < length lam)%nat -> dot lam (setn i x v) = dot lam v + nth i lam 0 * (x - nth i v 0).
Proof. intros lam i v L Li. rewrite dot_comm, dot_setn_l by lia. rewrite (dot_comm v). ring. Qed.
(** C4: a cut leaves nothing out *)
Lemma half cone i j (a b : Z) mid g u lam t : (i < length cone)%nat -> (j < length cone)%nat -> i <> j -> 0 < IZR g ->
  (forall x, IZR g * dot x (ir mid) = IZR a * dot x (ir (nth i cone [])) + IZR b * dot x (ir (nth j cone []))) ->
  length lam = length cone -> Forall (fun t => 0 <= t) lam -> (forall x, dot x u = dot lam (map (fun r => dot x (ir r)) cone)) ->
  nth i lam 0 = t * IZR a -> 0 <= t -> 0 <= nth j lam 0 - t * IZR b -> within (setn i mid cone) u.
Proof.
  intros Li Lj Nij Hg Mid Ll Pl Du Ei Pt Pj. exists (setn j (nth j lam 0 - t * IZR b) (setn i (t * IZR g) lam)). rewrite !setn_len. split; [auto|]. split.
  - apply setn_pos; auto. apply setn_pos; auto. apply Rmult_le_pos; lra.
  - intros x. rewrite Du, map_setn. set (f := fun r => dot x (ir r)). set (v := map f cone). assert (Lv : length v = length cone) by (apply map_length).
    assert (Nv : forall k, (k < length cone)%nat -> nth k v 0 = f (nth k cone [])).
    { intros k Lk. unfold v. rewrite nth_indep with (d' := f []) by (rewrite map_length; auto). apply map_nth. }
    rewrite dot_setn_l by (rewrite ?setn_len; lia). rewrite dot_setn_l by (rewrite ?setn_len; lia). rewrite dot_setn_r by lia.
    rewrite !setn_nth by lia. rewrite Nat.eqb_refl. rewrite (proj2 (Nat.eqb_neq j i)) by auto. rewrite !Nv by auto. pose proof (Mid x) as M. fold (f mid) (f (nth i cone [])) (f (nth j cone [])) in M.
    assert (Mt : t * (IZR g * f mid) = t * (IZR a * f (nth i cone []) + IZR b * f (nth j cone []))) by (f_equal; exact M). rewrite Ei. fold (f mid). lra.
Qed.
Lemma div_nonneg a b : 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros A B. apply Rmult_le_pos; [auto|apply Rlt_le, Rinv_0_lt_compat; auto]. Qed.
Lemma content_nonneg x : (0 <= content x)%Z.
Proof. unfold content. destruct x; simpl; [lia|apply Z.gcd_nonneg]. Qed.
Lemma cut_ok cone i j a b mid g u : (i < length cone)%nat -> (j < length cone)%nat -> i <> j -> (1 <= a)%Z -> (1 <= b)%Z -> (0 < g)%Z ->
  Forall (fun r => length r = length (nth i cone [])) cone ->
  is_multiple g mid (zadd (map (Z.mul a) (nth i cone [])) (map (Z.mul b) (nth j cone []))) = true -> within cone u ->
  within (setn i mid cone) u \/ within (setn j mid cone) u.
Proof.
  intros Li Lj Nij Ha Hb Hg LC Mu (lam & Ll & Pl & Du). apply IZR_le in Ha, Hb. apply IZR_lt in Hg. apply zsame_eq in Mu.
  assert (Lij : length (nth j cone []) = length (nth i cone [])) by (rewrite Forall_forall in LC; apply LC, nth_In; auto).
  assert (Mid : forall x, IZR g * dot x (ir mid) = IZR a * dot x (ir (nth i cone [])) + IZR b * dot x (ir (nth j cone []))).
  { intros x. rewrite !(dot_comm x), <- dot_ir_scale, Mu, dot_ir_add, !dot_ir_scale by (rewrite !map_length; auto). ring. }
  assert (Nn : forall k, 0 <= nth k lam 0) by (intros k; apply nth_nonneg; auto).
  pose proof (Nn i) as Ni. pose proof (Nn j) as Nj. destruct (Rle_lt_dec (nth i lam 0 * IZR b) (nth j lam 0 * IZR a)) as [C|C].
  - left. apply (half cone i j a b mid g u lam (nth i lam 0 / IZR a)); auto; [field; lra|apply div_nonneg; lra|].
    assert (nth i lam 0 / IZR a * IZR b <= nth j lam 0); [|lra]. apply Rmult_le_reg_r with (IZR a); [lra|]. replace (nth i lam 0 / IZR a * IZR b * IZR a) with (nth i lam 0 * IZR b) by (field; lra). auto.
  - right. apply (half cone j i b a mid g u lam (nth j lam 0 / IZR b)); auto; [intros x; rewrite Mid; ring|field; lra|apply div_nonneg; lra|].
    assert (nth j lam 0 / IZR b * IZR a <= nth i lam 0); [|lra]. apply Rmult_le_reg_r with (IZR b); [lra|]. replace (nth j lam 0 / IZR b * IZR a * IZR b) with (nth j lam 0 * IZR a) by (field; lra). lra.
Qed.
Lemma dot_nn : forall lam v, Forall (fun t => 0 <= t) lam -> Forall (fun t => 0 <= t) v -> 0 <= dot lam v.
Proof. induction lam; intros [|b v] P Q; simpl; try lra. inversion P; inversion Q; subst. assert (0 <= a * b) by (apply Rmult_le_pos; auto). specialize (IHlam v H2 H6). lra. Qed.
Lemma dot_mono {A} (f g : A -> R) : forall lam l, Forall (fun t => 0 <= t) lam -> (forall x, In x l -> f x <= g x) -> dot lam (map f l) <= dot lam (map g l).
Proof.
  induction lam as [|t lam IH]; intros [|x l] P H; simpl; try lra. inversion P; subst. assert (t * f x <= t * g x) by (apply Rmult_le_compat_l; simpl in *; auto).
  assert (dot lam (map f l) <= dot lam (map g l)) by (apply IH; simpl in *; auto). lra.
Qed.

(** C2: a leaf *)
Definition msum (m : mixed) (u : list R) : R := fold_right (fun t acc => IZR (snd (snd t)) * relu (dot (ir (fst (snd t))) u) + acc) 0 m.
Lemma relu_conv (f : row -> R) : forall lam cone, Forall (fun t => 0 <= t) lam -> relu (dot lam (map f cone)) <= dot lam (map (fun r => relu (f r)) cone).
Proof.
  intros lam cone P. unfold relu at 1. apply Rmax_lub.
  - apply dot_nn; auto. apply Forall_forall. intros t I. apply in_map_iff in I. destruct I as (r & <- & _). apply Rmax_l.
  - apply dot_mono; auto. intros. apply Rmax_r.
Qed.
Lemma relu_above th t : 0 <= th <= 1 -> th * t <= relu t.
Proof. intros H. unfold relu, Rmax. destruct (Rle_dec 0 t); nra. Qed.
Lemma leaf cone slope m p den share whole u : (0 < den)%Z -> (0 < whole)%Z -> (forall k x, 0 <= share k x <= whole)%Z ->
  below cone slope m p den share whole = true -> within cone u -> IZR den * (dot (ir slope) u + msum m u) <= dot (ir p) u.
Proof.
  intros Hd Hw Hs B (lam & Ll & Pl & Du). apply (IZR_lt 0) in Hd, Hw. unfold below in B. rewrite forallb_forall in B.
  assert (Le : dot lam (map (fun r => IZR den * IZR (value_at share whole slope m r)) cone) <= dot lam (map (fun r => IZR whole * dot (ir p) (ir r)) cone)).
  { apply dot_mono; auto. intros r I. specialize (B r I). apply Z.leb_le, IZR_le in B. rewrite !mult_IZR in B. rewrite dot_ir_z. auto. }
  rewrite !dot_mult_map, <- Du in Le.
  assert (V : IZR whole * (dot (ir slope) u + msum m u) <= dot lam (map (fun r => IZR (value_at share whole slope m r)) cone)).
  { clear B Le. assert (E : dot lam (map (fun r => IZR (value_at share whole slope m r)) cone) = IZR whole * dot (ir slope) u + fold_right (fun t acc => let '(k, (x, w)) := t in
      dot lam (map (fun r => IZR ((if (0 <? w)%Z then (if (0 <? zdot x r)%Z then whole else 0) else share k x) * w * zdot x r)) cone) + acc) 0 m).
    { unfold value_at. induction m as [|[k [x w]] m IH]; simpl.
      - rewrite Du, <- dot_mult_map. rewrite Rplus_0_r. f_equal. apply map_ext. intros r. rewrite Z.add_0_r, mult_IZR, dot_ir_z. auto.
      - rewrite <- Rplus_assoc, (Rplus_comm (IZR whole * _)), Rplus_assoc, <- IH, <- dot_map_plus. f_equal. apply map_ext. intros r. rewrite !plus_IZR. ring. }
    rewrite E, Rmult_plus_distr_l. apply Rplus_le_compat_l. clear E. induction m as [|[k [x w]] m IH]; simpl; [lra|]. rewrite Rmult_plus_distr_l. apply Rplus_le_compat; [|exact IH].
    rewrite (Du (ir x)). destruct (0 <? w)%Z eqn:W.
    - apply Z.ltb_lt, (IZR_lt 0) in W. pose proof (relu_conv (fun r => dot (ir x) (ir r)) lam cone Pl) as C.
      apply Rle_trans with (IZR whole * (IZR w * dot lam (map (fun r => relu (dot (ir x) (ir r))) cone))).
      + apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; lra.
      + apply Req_le. rewrite <- !dot_mult_map. f_equal. apply map_ext. intros r. rewrite dot_ir_z, !mult_IZR. unfold relu. destruct (0 <? zdot x r)%Z eqn:Z.
        * apply Z.ltb_lt, (IZR_lt 0) in Z. rewrite Rmax_right by lra. ring.
        * apply Z.ltb_ge in Z. apply (IZR_le _ 0) in Z. rewrite Rmax_left by lra. ring.
    - apply Z.ltb_ge in W. apply (IZR_le _ 0) in W. destruct (Hs k x) as [S1 S2]. apply (IZR_le 0) in S1. apply IZR_le in S2.
      assert (Q : dot lam (map (fun r => IZR (share k x * w * zdot x r)) cone) = IZR (share k x) * IZR w * dot (ir x) u).
      { rewrite Du, <- dot_mult_map. f_equal. apply map_ext. intros r. rewrite dot_ir_z, !mult_IZR. ring. }
      rewrite Q, <- Du. clear Q. set (z := dot (ir x) u).
      assert (A : IZR (share k x) / IZR whole * z <= relu z).
      { apply relu_above. split; [apply div_nonneg; lra|]. apply Rmult_le_reg_r with (IZR whole); [lra|]. replace (IZR (share k x) / IZR whole * IZR whole) with (IZR (share k x)) by (field; lra). lra. }
      apply Rmult_le_compat_neg_l with (r := IZR whole * IZR w) in A; [|nra]. replace (IZR whole * IZR w * (IZR (share k x) / IZR whole * z)) with (IZR (share k x) * IZR w * z) in A by (field; lra). lra. }
  apply Rmult_le_reg_l with (IZR whole); [lra|]. replace (IZR whole * (IZR den * (dot (ir slope) u + msum m u))) with (IZR den * (IZR whole * (dot (ir slope) u + msum m u))) by ring.
  eapply Rle_trans; [apply Rmult_le_compat_l; [lra|exact V]|]. exact Le.
Qed.
Lemma settled_ok cone u : within cone u -> forall m slope slope' m', settled cone slope m = (slope', m') -> Forall (fun t => length (fst (snd t)) = length slope) m ->
  dot (ir slope') u + msum m' u = dot (ir slope) u + msum m u /\ length slope' = length slope /\ Forall (fun t => length (fst (snd t)) = length slope) m'.
Proof.
  intros (lam & Ll & Pl & Du). assert (D : forall x, dot (ir x) u = dot lam (map (fun r => IZR (zdot x r)) cone)).
  { intros x. rewrite Du. f_equal. apply map_ext. intros r. apply dot_ir_z. }
  induction m as [|[k [x w]] m IH]; intros slope slope' m' H F; simpl in H; [injection H; intros; subst; auto|].
  assert (Lx := Forall_inv F). assert (F' := Forall_inv_tail F). simpl in Lx. destruct (forallb (Z.leb 0) (map (zdot x) cone)) eqn:P.
  - assert (La : length (zadd slope (map (Z.mul w) x)) = length slope) by (apply zadd_len; rewrite map_length; auto).
    destruct (IH _ _ _ H) as (A & B & C); [rewrite La; auto|]. rewrite La in *. split; [|auto]. rewrite A, dot_ir_add, dot_ir_scale by (rewrite map_length; auto). simpl.
    assert (0 <= dot (ir x) u). { rewrite D. apply dot_nn; auto. apply Forall_forall. intros t I. apply in_map_iff in I. destruct I as (r & <- & I). rewrite forallb_forall in P. apply (IZR_le 0), Z.leb_le, P, in_map, I. }
    unfold relu. rewrite Rmax_right by auto. ring.
  - destruct (settled cone slope m) as [s' r'] eqn:Es. destruct (IH _ _ _ Es F') as (A & B & C). destruct (existsb (Z.ltb 0) (map (zdot x) cone)) eqn:N; injection H; intros; subst slope' m'.
    + split; [|auto]. simpl. rewrite <- Rplus_assoc, (Rplus_comm (dot _ u)), Rplus_assoc, A. simpl. ring.
    + split; [|auto]. rewrite A. simpl. replace (relu (dot (ir x) u)) with 0; [ring|]. symmetry. unfold relu. apply Rmax_left. rewrite D.
      assert (G : dot lam (map (fun r => IZR (zdot x r)) cone) <= dot lam (map (fun _ => 0) cone)); [|rewrite dot_map0 in G; exact G].
      apply dot_mono; auto. intros r I. apply (IZR_le _ 0). apply Z.nlt_ge. intros Q. assert (existsb (Z.ltb 0) (map (zdot x) cone) = true); [|congruence].
      apply existsb_exists. exists (zdot x r). split; [apply in_map; auto|apply Z.ltb_lt; auto].
Qed.

(** ** the walk bounds a function at each point of the cones *)
Lemma take_len {A} : forall k (l : list A) a b, take k l = Some (a, b) -> length a = k.
Proof. induction k; intros [|x l] a b H; simpl in H; try discriminate; try (injection H; intros; subst; auto). destruct (take k l) as [[c d']|] eqn:E; simpl in H; try discriminate. injection H; intros; subst. simpl. f_equal. eapply IHk; eauto. Qed.
Section Bound.
Variables (n : nat) (sign factor : Z) (b2 unit : Q) (peaks : list peak) (atoms : list (bool * list Q)) (be : R).
Hypothesis Hbe : 0 < be.
Hypothesis Hb2 : be * be = Q2R b2.
Hypothesis Hfactor : (0 < factor)%Z.
Hypothesis Hpeaks : forallb (peak_ok n b2 atoms) peaks = true.
Let B := IZR factor * be.
(** a value is below B |u|; where it is not, u is on the ray of an atom of this sign *)
Definition good (f : R) (u : list R) := f <= B * norm u /\
  (0 < norm u -> f = B * norm u -> exists a, In a atoms /\ (if fst a then 1 else -1)%Z = sign /\ u = map (Rmult (norm u / be)) (map Q2R (snd a))).
Lemma B_pos : 0 < B.
Proof. apply Rmult_lt_0_compat; auto. apply (IZR_lt 0); auto. Qed.
Lemma quotient (x y : Z) (q : Q) : (x * Zpos (Qden q) ?= Qnum q * y)%Z = Lt -> IZR x < Q2R q * IZR y.
Proof.
  intros H. apply IZR_lt in H. rewrite !mult_IZR in H. assert (D : 0 < IZR (Zpos (Qden q))) by (apply (IZR_lt 0); lia).
  apply Rmult_lt_reg_r with (IZR (Zpos (Qden q))); auto. unfold Q2R. replace (IZR (Qnum q) * / IZR (Zpos (Qden q)) * IZR y * IZR (Zpos (Qden q))) with (IZR (Qnum q) * IZR y) by (field; lra). auto.
Qed.
Lemma quotient_eq (x y : Z) (q : Q) : (x * Zpos (Qden q) = Qnum q * y)%Z -> IZR x = Q2R q * IZR y.
Proof.
  intros H. apply (f_equal IZR) in H. rewrite !mult_IZR in H. assert (D : 0 < IZR (Zpos (Qden q))) by (apply (IZR_lt 0); lia).
  apply Rmult_eq_reg_r with (IZR (Zpos (Qden q))); [|lra]. unfold Q2R. replace (IZR (Qnum q) * / IZR (Zpos (Qden q)) * IZR y * IZR (Zpos (Qden q))) with (IZR (Qnum q) * IZR y) by (field; lra). auto.
Qed.
Lemma dot_scaled k x : dot (ir (map (Z.mul k) x)) (ir (map (Z.mul k) x)) = IZR k * IZR k * dot (ir x) (ir x).
Proof. rewrite dot_ir_scale, dot_comm, dot_ir_scale. ring. Qed.
(** a strict leaf *)
Lemma strict_good cone slope m e P c u : strict n factor b2 unit cone slope m e P c = true -> length P = n -> length u = n -> within cone u ->
  good (dot (ir slope) u + msum m u) u.
Proof.
  unfold strict. set (p := map _ P). rewrite !andb_true_iff. intros [[[_ _] Sh] Be] LP Lu W. pose proof B_pos as HB.
  set (den := Zpos (Qden unit)) in *. assert (Hd : 0 < IZR den) by (apply (IZR_lt 0); unfold den; lia).
  assert (Le := fun Hs => leaf cone slope m p den _ 1 u ltac:(unfold den; lia) ltac:(lia) Hs Be W).
  specialize (Le ltac:(intros k x; cbv beta; destruct (0 <? zdot x (sum_of n c cone))%Z; lia)).
  assert (S2 : IZR (zdot p p) < IZR den * B * (IZR den * B)).
  { apply Z.ltb_lt in Sh. assert (Q := quotient (zdot p p) (factor * factor * (den * den)) b2). rewrite <- Z.mul_assoc in Sh. rewrite !mult_IZR in Q. apply Q in Sh. rewrite <- Hb2 in Sh. unfold B. lra. }
  rewrite <- dot_ir_z in S2. assert (Lp : length u = length (ir p)) by (unfold ir, p; rewrite !map_length; congruence).
  assert (DB : 0 < IZR den * B) by (apply Rmult_lt_0_compat; auto). split.
  - pose proof (cauchy (IZR den * B) (ir p) u DB Lp ltac:(lra)) as C. apply Rmult_le_reg_l with (IZR den); auto. lra.
  - intros N E. rewrite E in Le. destruct (cauchy_eq (IZR den * B) (ir p) u DB Lp ltac:(lra) N ltac:(lra)) as [A _]. lra.
Qed.
(** a leaf at a peak *)
Lemma share_ok pk k x : (0 < p_whole pk)%Z -> forallb (fun t => (0 <=? snd t) && (snd t <=? p_whole pk))%Z (p_tied pk) = true -> (0 <= share_at pk k x <= p_whole pk)%Z.
Proof.
  intros W H. unfold share_at. destruct (tied (p_tied pk) k) as [s|] eqn:E; [|destruct (0 <? zdot x (p_num pk))%Z; lia]. revert E H. generalize (p_tied pk). induction l as [|[i t] l IH]; simpl; [discriminate|].
  rewrite !andb_true_iff, !Z.leb_le. intros E [[A A'] C]. destruct (i =? k)%nat; [injection E; intros; subst; auto|auto].
Qed.
Lemma peak_good cone slope m pk u : In pk peaks -> at_peak sign factor cone slope m pk = true -> length u = n -> within cone u -> good (dot (ir slope) u + msum m u) u.
Proof.
  intros I H Lu W. rewrite forallb_forall in Hpeaks. assert (K := Hpeaks pk I). clear I. unfold at_peak in H. unfold peak_ok in K. rewrite !andb_true_iff in K. apply andb_prop in H. destruct H as [Hs Be], K as [[[[Kl Kd] Kw] Kt] Kc].
  apply Z.eqb_eq in Hs. apply Nat.eqb_eq in Kl. apply Z.ltb_lt in Kd, Kw. pose proof B_pos as HB.
  set (p := map (Z.mul factor) (p_num pk)) in *. assert (Le := leaf cone slope m p (p_den pk) (share_at pk) (p_whole pk) u Kd Kw ltac:(intros k x; apply share_ok; auto) Be W).
  assert (Hd := Kd). apply (IZR_lt 0) in Hd. assert (Hf := Hfactor). apply (IZR_lt 0) in Hf. set (den := IZR (p_den pk)) in *.
  assert (Lp : length u = length (ir p)) by (unfold ir, p; rewrite !map_length; congruence). assert (DB : 0 < den * B) by (apply Rmult_lt_0_compat; auto).
  assert (Dp : dot (ir p) (ir p) = IZR factor * IZR factor * IZR (zdot (p_num pk) (p_num pk))) by (unfold p; rewrite dot_scaled, dot_ir_z; auto).
  destruct (_ ?= _)%Z eqn:C; try discriminate.
  - apply Z.compare_eq in C. apply quotient_eq in C. rewrite <- Hb2, !mult_IZR in C. fold den in C. rewrite C in Dp.
    assert (E2 : dot (ir p) (ir p) = den * B * (den * B)) by (rewrite Dp; unfold B; ring). split.
    + pose proof (cauchy (den * B) (ir p) u DB Lp ltac:(lra)) as Q. apply Rmult_le_reg_l with den; auto. lra.
    + intros N E. rewrite E in Le. destruct (cauchy_eq (den * B) (ir p) u DB Lp ltac:(lra) N ltac:(lra)) as [_ Eu].
      unfold at_atom in Kc. apply existsb_exists in Kc. destruct Kc as (a & Ia & Ka). apply andb_prop in Ka. destruct Ka as [Ka Kg]. apply Z.eqb_eq in Ka. exists a. split; auto. split; [congruence|].
      assert (G : ir (p_num pk) = map (Rmult den) (map Q2R (snd a))).
      { clear -Kg. revert Kg. unfold ir. generalize (snd a). induction (p_num pk) as [|t l IH]; intros [|g l'] H; simpl in H; try discriminate; auto. apply andb_prop in H. destruct H as [A H]. simpl. f_equal; auto.
        apply Z.eqb_eq in A. rewrite (quotient_eq t (p_den pk) g A). unfold den. ring. }
      assert (P1 : ir p = map (Rmult (IZR factor * den)) (map Q2R (snd a))).
      { rewrite <- map_mult_mult, <- G. unfold ir, p. rewrite !map_map. apply map_ext. intros t. rewrite mult_IZR. auto. }
      rewrite Eu at 1. rewrite P1, map_mult_mult. apply map_ext. intros t. unfold B. field. repeat split; lra.
  - apply quotient in C. rewrite <- Hb2, !mult_IZR in C. fold den in C.
    assert (E2 : dot (ir p) (ir p) < den * B * (den * B)). { rewrite Dp. unfold B. replace (den * (IZR factor * be) * (den * (IZR factor * be))) with (IZR factor * IZR factor * (be * be * (den * den))) by ring. apply Rmult_lt_compat_l; auto. apply Rmult_lt_0_compat; auto. }
    split.
    + pose proof (cauchy (den * B) (ir p) u DB Lp ltac:(lra)) as Q. apply Rmult_le_reg_l with den; auto. lra.
    + intros N E. rewrite E in Le. destruct (cauchy_eq (den * B) (ir p) u DB Lp ltac:(lra) N ltac:(lra)) as [A _]. lra.
Qed.
Lemma walk_ok u f : length u = n -> forall fuel toks stack, walk_cones n sign factor b2 unit peaks fuel toks stack = true ->
  forall cone slope m, In (cone, slope, m) stack -> Forall (fun r => length r = n) cone -> length slope = n -> Forall (fun t => length (fst (snd t)) = n) m ->
  within cone u -> f = dot (ir slope) u + msum m u -> good f u.
Proof.
  intros Lu. induction fuel as [|fuel IH]; intros toks stack H cone slope m I LC LS LM W E.
  - destruct stack; [destruct I|discriminate].
  - destruct stack as [|[[cone0 slope0] m0] st]; [destruct I|]. simpl in H. destruct (settled cone0 slope0 m0) as [slope1 m1] eqn:Es. destruct toks as [|q t1]; try discriminate.
    (* a node that waits *)
    assert (Rest : forall t st', walk_cones n sign factor b2 unit peaks fuel t st' = true -> In (cone, slope, m) st' -> good f u) by (intros t st' Wk J; eapply (IH t st' Wk); eauto).
    destruct I as [I|I].
    2:{ destruct (q =? 0)%Z; [|destruct (q =? 1)%Z].
      - destruct t1 as [|i [|j [|a [|b t2]]]]; try discriminate. rewrite !andb_true_iff in H. destruct H as [_ H]. eapply Rest; eauto. simpl; auto.
      - destruct t1 as [|e t2]; try discriminate. destruct (take n t2) as [[P t3]|]; try discriminate. destruct (take (length cone0) t3) as [[c t4]|]; try discriminate. apply andb_prop in H. destruct H as [_ H]. eapply Rest; eauto.
      - apply andb_prop in H. destruct H as [_ H]. destruct (nth_error peaks _); try discriminate. apply andb_prop in H. destruct H as [_ H]. eapply Rest; eauto. }
    injection I; intros; subst cone0 slope0 m0. clear I Rest.
    destruct (settled_ok cone u W m slope slope1 m1 Es) as (E1 & LS1 & LM1); [rewrite LS; auto|]. rewrite LS in LS1, LM1. rewrite <- E1 in E.
    destruct (q =? 0)%Z; [|destruct (q =? 1)%Z].
    + destruct t1 as [|i [|j [|a [|b t2]]]]; try discriminate. cbv zeta in H. set (i' := Z.to_nat i) in *. set (j' := Z.to_nat j) in *.
      set (ray := zadd (map (Z.mul a) (nth i' cone [])) (map (Z.mul b) (nth j' cone []))) in *. set (mid := divided (content ray) ray) in *.
      rewrite !andb_true_iff in H. destruct H as [[[[[[[[[h1 h2] h3] h4] h5] h6] h7] h8] h9] H]. apply Z.leb_le in h1, h3, h6, h7. apply Z.ltb_lt in h2, h4, h8. apply negb_true_iff, Z.eqb_neq in h5.
      assert (Li : (i' < length cone)%nat) by lia. assert (Lj : (j' < length cone)%nat) by lia. assert (Nij : i' <> j') by lia.
      assert (Lr : forall k, (k < length cone)%nat -> length (nth k cone []) = n) by (intros k Lk; rewrite Forall_forall in LC; apply LC, nth_In; auto).
      assert (Lm : length mid = n) by (unfold mid, divided, ray; rewrite map_length, zadd_len; rewrite !map_length; rewrite ?Lr; auto).
      assert (LC' : forall k, Forall (fun r => length r = n) (setn k mid cone)).
      { revert Lm. generalize mid. clear -LC. intros mid Lm. induction LC as [|r cone Lr LC IH]; intros [|k]; simpl; constructor; auto. }
      destruct (cut_ok cone i' j' a b mid (content ray) u Li Lj Nij h6 h7 h8 ltac:(rewrite Lr by auto; auto) h9 W) as [C|C].
      * eapply (IH _ _ H); [left; reflexivity|auto..].
      * eapply (IH _ _ H); [right; left; reflexivity|auto..].
    + destruct t1 as [|e t2]; try discriminate. destruct (take n t2) as [[P t3]|] eqn:TP; try discriminate. destruct (take (length cone) t3) as [[c t4]|]; try discriminate. apply andb_prop in H. destruct H as [H _].
      rewrite E. eapply strict_good; eauto. eapply take_len; eauto.
    + apply andb_prop in H. destruct H as [_ H]. destruct (nth_error peaks (Z.to_nat (q - 2))) as [pk|] eqn:Ek; try discriminate. apply andb_prop in H. destruct H as [H _].
      rewrite E. eapply peak_good; eauto. eapply nth_error_In; eauto.
Qed.
End Bound.

(** ** the whole of it *)
Lemma times_ok s : forall x, forallb (is_times s) x = true -> ir (map (times s) x) = map (Rmult (IZR s)) (map Q2R x).
Proof.
  induction x as [|q x IH]; simpl; auto. intros H. apply andb_prop in H. destruct H as [A H]. unfold ir in *. simpl. rewrite IH by auto. f_equal. unfold is_times in A. apply Z.eqb_eq, (f_equal IZR) in A. rewrite !mult_IZR in A.
  assert (D : 0 < IZR (Zpos (Qden q))) by (apply (IZR_lt 0); lia). apply Rmult_eq_reg_r with (IZR (Zpos (Qden q))); [|lra]. rewrite A. unfold Q2R. field. lra.
Qed.
Lemma dot_sum_of n w : forall basis c, length c = length basis -> Forall (fun b => length b = n) basis -> length (sum_of n c basis) = n /\
  dot (ir (sum_of n c basis)) w = dot (ir c) (map (fun b => dot (ir b) w) basis).
Proof.
  induction basis as [|b basis IH]; intros [|t c] L F; simpl in *; try discriminate.
  - rewrite repeat_length. split; auto. unfold ir. clear. revert w. induction n; intros [|a w]; simpl; auto. rewrite IHn. ring.
  - assert (Lb := Forall_inv F). destruct (IH c ltac:(lia) (Forall_inv_tail F)) as [A B]. assert (Q : length (map (Z.mul t) b) = length (sum_of n c basis)) by (rewrite map_length; congruence).
    split; [rewrite zadd_len by auto; rewrite map_length; auto|]. rewrite dot_ir_add, dot_ir_scale, B by auto. unfold ir. simpl. auto.
Qed.
Lemma spanned_ok n basis x u w : Forall (fun b => length b = n) basis -> spanned n basis x = true -> (forall b, In b basis -> dot (ir b) u = dot (ir b) w) -> dot (ir x) u = dot (ir x) w.
Proof.
  intros F H E. unfold spanned in H. apply andb_prop in H. destruct H as [P H]. set (all := fold_right Z.lcm 1%Z _) in *. apply Z.ltb_lt, (IZR_lt 0) in P. apply zsame_eq in H.
  set (sh := map (fun b => (nth (pivot b 0) x 0 * (all / nth (pivot b 0) b 0))%Z) basis) in H. assert (L : length sh = length basis) by (unfold sh; apply map_length).
  apply Rmult_eq_reg_l with (IZR all); [|lra]. rewrite <- !dot_ir_scale, H. destruct (dot_sum_of n u basis sh L F) as [_ ->]. destruct (dot_sum_of n w basis sh L F) as [_ ->]. f_equal. apply map_ext_in. auto.
Qed.
Lemma ir_opp b x : dot x (ir (map Z.opp b)) = - dot x (ir b).
Proof. revert b. unfold ir. induction x; intros [|t b]; simpl; try ring. rewrite IHx, opp_IZR. ring. Qed.
Lemma root_ok n : forall basis c, length c = length basis -> Forall (fun b => length b = n) basis -> exists cone, In cone (roots basis) /\ Forall (fun r => length r = n) cone /\
  exists lam, length lam = length cone /\ Forall (fun t => 0 <= t) lam /\ forall x, dot c (map (fun b => dot x (ir b)) basis) = dot lam (map (fun r => dot x (ir r)) cone).
Proof.
  induction basis as [|b basis IH]; intros [|t c] L F; simpl in L; try discriminate.
  - exists []. split; [simpl; auto|]. split; [constructor|]. exists []. repeat split; auto. 
  - assert (Lb := Forall_inv F). destruct (IH c ltac:(lia) (Forall_inv_tail F)) as (cone & I & Lc & lam & Ll & Pl & E). destruct (Rle_lt_dec 0 t) as [P|P].
    + exists (b :: cone). split; [simpl; apply in_or_app; left; apply in_map; auto|]. split; [constructor; auto|]. exists (t :: lam). split; [simpl; auto|]. split; [constructor; auto|]. intros x. simpl. rewrite E. auto.
    + exists (map Z.opp b :: cone). split; [simpl; apply in_or_app; right; apply in_map; auto|]. split; [constructor; auto; rewrite map_length; auto|]. exists (- t :: lam). split; [simpl; auto|]. split; [constructor; auto; lra|].
      intros x. simpl. rewrite ir_opp, E. ring.
Qed.
Lemma msum_combine u : forall G a, msum (combine (seq a (length G)) G) u = fold_right (fun t acc => IZR (snd t) * relu (dot (ir (fst t)) u) + acc) 0 G.
Proof. induction G as [|[x w] G IH]; intros a; simpl; auto. f_equal. apply IH. Qed.
Lemma dot_scal_l t x w : dot (map (Rmult t) x) w = t * dot x w.
Proof. rewrite dot_comm, dot_scal, dot_comm. auto. Qed.
Theorem cones_bounded W C : well_formed Q qsgn (c_data Q C) -> length (c_kappa Q C) = length (d_X Q (c_data Q C)) -> by_cones W C = true ->
  bounded Q Q2R (c_data Q C) (c_kappa Q C) (c_atoms Q C).
Proof.
  intros (h5 & _ & h7) Lk H. unfold by_cones in H. set (D := c_data Q C) in *. set (n := d_dim Q D) in *. set (scale := common_of _) in *. set (den := common_of (c_kappa Q C)) in *.
  set (X := map (map (times scale)) (d_X Q D)) in *. set (kap := map (times den) (c_kappa Q C)) in *.
  destruct (form_of X kap [] (repeat 0%Z n)) as [[F linear]|] eqn:Ef; [|rewrite !andb_false_r in H; discriminate].
  cbv zeta in H. rewrite !andb_true_iff in H. destruct H as [[[[q1 q2] q3] q4] [[[[[[b1 b2] b3] b4] b5] w1] w2]]. apply Z.ltb_lt in q1, q2.
  assert (LX : Forall (fun x => length x = n) X).
  { apply Forall_forall. intros x I. apply in_map_iff in I. destruct I as (z & <- & I). rewrite map_length. rewrite forallb_forall in h5. apply Nat.eqb_eq, h5, I. }
  destruct (form_ok n X kap [] (repeat 0%Z n) F linear Ef LX (repeat_length _ _) (Forall_nil _)) as [[Ll LF] Val].
  assert (LB : Forall (fun b => length b = n) (o_basis W)) by (apply Forall_forall; intros b I; rewrite forallb_forall in b1; apply Nat.eqb_eq, b1, I).
  set (P := prob Q Q2R D). pose proof (beta_pos Q qsgn Q2R q_sgn D h7 : 0 < beta P) as Hb. pose proof (beta_sq Q qsgn Q2R q_sgn D h7 : beta P * beta P = Q2R (d_b2 Q D)) as Hbs.
  set (factor := (den * scale)%Z) in *. assert (Hf : (0 < factor)%Z) by (unfold factor; lia). assert (Hf' := Hf). apply (IZR_lt 0) in Hf'.
  assert (Pull : forall u, dot (ir kap) (map (fun x => relu (dot (ir x) u)) X) = IZR factor * pull P (map Q2R (c_kappa Q C)) u).
  { intros u. unfold kap. rewrite (times_ok den) by auto. unfold pull, factor, X. rewrite mult_IZR, dot_scal_l, Rmult_assoc. f_equal.
    simpl. rewrite !map_map, <- dot_map_scal. f_equal. apply map_ext_in. intros x I. rewrite (times_ok scale) by (rewrite forallb_forall in q3; auto).
    rewrite dot_scal_l. apply relu_scal. apply (IZR_le 0). lia. }
  (* at a point of the span *)
  assert (Span : forall (s : bool) u c, length c = length (o_basis W) -> u = lin n c (map ir (o_basis W)) ->
    good (if s then 1 else -1)%Z factor (c_atoms Q C) (beta P) (IZR (if s then 1 else -1) * (IZR factor * pull P (map Q2R (c_kappa Q C)) u)) u).
  { intros s u c Lc ->. set (u := lin n c (map ir (o_basis W))). assert (LB' : Forall (fun b => length b = n) (map ir (o_basis W))).
    { apply Forall_forall. intros b I. apply in_map_iff in I. destruct I as (z & <- & I). unfold ir. rewrite map_length. rewrite Forall_forall in LB. auto. }
    assert (Lu : length u = n) by (apply lin_len; auto).
    destruct (root_ok n (o_basis W) c Lc LB) as (cone & Ic & Lcone & lam & Llam & Plam & El).
    assert (Wi : within cone u). { exists lam. split; auto. split; auto. intros x. unfold u. rewrite dot_lin by auto. rewrite map_map. apply El. }
    set (z := (if s then 1 else -1)%Z). set (ok := fun toks => walk_cones n z factor (d_b2 Q D) (o_unit W) (o_peaks W) (S (length toks)) toks (map (fun cone => (cone, map (Z.mul z) linear, combine (seq 0 (length F)) (turned z F))) (roots (o_basis W)))).
    assert (Wk : exists toks, ok toks = true) by (destruct s; [exists (o_plus W)|exists (o_minus W)]; auto). destruct Wk as (toks & Wk). unfold ok in Wk.
    eapply (walk_ok n z factor (d_b2 Q D) (o_unit W) (o_peaks W) (c_atoms Q C) (beta P) Hb Hbs Hf b4 u _ Lu _ _ _ Wk cone (map (Z.mul z) linear) (combine (seq 0 (length F)) (turned z F))); auto.
    - apply in_map_iff. exists cone. auto.
    - rewrite map_length. auto.
    - apply Forall_forall. intros [k [x v]] I. apply in_combine_r in I. unfold turned in I. apply in_map_iff in I. destruct I as ([x0 v0] & Ex & I). injection Ex; intros; subst. simpl. rewrite Forall_forall in LF. apply (LF _ I).
    - replace (length F) with (length (turned z F)) by (unfold turned; apply map_length). rewrite msum_combine. fold (val (turned z F) (map (Z.mul z) linear) u). rewrite val_turned, Val, Pull. f_equal.
      unfold val. simpl. replace (dot (ir (repeat 0%Z n)) u) with 0; [ring|]. unfold ir. generalize n u. clear. induction n; intros [|a u]; simpl; auto. rewrite <- IHn. ring. }
  intros w Lw s. fold P. assert (LB' : Forall (fun b => length b = n) (map ir (o_basis W))).
  { apply Forall_forall. intros b I. apply in_map_iff in I. destruct I as (z & <- & I). unfold ir. rewrite map_length. rewrite Forall_forall in LB. auto. }
  destruct (projection n (map ir (o_basis W)) LB' w Lw) as (c & Lc & Pr). rewrite map_length in Lc. set (u := lin n c (map ir (o_basis W))) in *.
  destruct (nearer n c (map ir (o_basis W)) w LB' Lw Pr) as [N1 N2]. fold u in N1, N2. destruct (Span s u c Lc eq_refl) as [G1 G2].
  assert (E : pull P (map Q2R (c_kappa Q C)) u = pull P (map Q2R (c_kappa Q C)) w).
  { apply Rmult_eq_reg_l with (IZR factor); [|lra]. rewrite <- !Pull. f_equal. apply map_ext_in. intros x I. f_equal. symmetry. apply (spanned_ok n (o_basis W)); auto.
    - rewrite forallb_forall in b3. auto.
    - intros b J. apply Pr. apply in_map. auto. }
  rewrite E in G1, G2. replace (IZR (if s then 1 else -1)) with (if s then 1 else -1) in G1, G2 by (destruct s; auto). set (v := (if s then 1 else -1) * pull P (map Q2R (c_kappa Q C)) w) in *.
  replace ((if s then 1 else -1) * (IZR factor * pull P (map Q2R (c_kappa Q C)) w)) with (IZR factor * v) in G1, G2 by (unfold v; ring).
  assert (G3 : v <= beta P * norm u) by (apply Rmult_le_reg_l with (IZR factor); lra). split.
  - eapply Rle_trans; [exact G3|]. apply Rmult_le_compat_l; lra.
  - intros Nw Ev. assert (Nu : norm w <= norm u) by (apply Rmult_le_reg_l with (beta P); lra). assert (Q := N2 Nu). rewrite <- Q in G2. destruct (G2 Nw) as (a & Ia & Sa & Ea); [rewrite Ev; ring|].
    exists a. split; auto. split; auto. destruct (fst a), s; auto; discriminate.
Qed.
