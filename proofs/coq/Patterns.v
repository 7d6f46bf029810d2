(* The patterns: as many as the tree has leaves, and their negatives. *)
From Coq Require Import List ZArith Bool Reals Lra Lia Permutation.
From Cert Require Import Statement Polytope Networks Slots Theta Checker Cones Checks.
Import ListNotations.
Open Scope R_scope.

Section Patterns.
Variable K : Type.
Variables (k0 : K) (kadd kmul : K -> K -> K) (ksgn : K -> option comparison).
Variable phi : K -> R.
Hypothesis phi0 : phi k0 = 0.
Hypothesis phi_add : forall x z, phi (kadd x z) = phi x + phi z.
Hypothesis phi_mul : forall x z, phi (kmul x z) = phi x * phi z.
Hypothesis sgn_ok : forall x, match ksgn x with Some Lt => phi x < 0 | Some Eq => phi x = 0 | Some Gt => 0 < phi x | None => True end.
Notation pv := (map phi).
Variable D : data K.
Notation R_ k := (pv (rowk K D k)).
Notation rows := (rows K ksgn D).
Notation n := (length (d_X K D)).
Notation P := (prob K phi D).
Notation agree := (agree K phi D).
Hypothesis Hz : forallb (fun x => zerorow K ksgn x || nonzero K ksgn x) (d_X K D) = true.
Variable circuits : list (list nat * list K).
Hypothesis Hcirc : forallb (circuit_ok K kadd kmul ksgn D) circuits = true.
Variables (topes : list signs) (toks : list Z) (pts : list (list K)).
Hypothesis Hpat : tree_of_topes K k0 kadd kmul ksgn D circuits toks [(rows, [])] pts = Some topes.
Definition code (a : signs) : list bool := map (fun k => has_sign a k true) (seq 0 n).
Definition keyed (a : signs) := forall k, In k rows <-> In k (map fst a).
Lemma rows_lt k : In k rows -> (k < n)%nat.
Proof. unfold Checker.rows. rewrite filter_In, in_seq. unfold n_. lia. Qed.
Lemma row_nonzero k : In k rows -> exists t, In t (R_ k) /\ t <> 0.
Proof.
  unfold Checker.rows. rewrite filter_In. intros [_ N]. unfold nonzero in N. apply existsb_exists in N. destruct N as (x & I & N). exists (phi x). split; [apply in_map; auto|].
  apply orb_prop in N. destruct N as [N|N]; [apply (is_lt K ksgn phi sgn_ok) in N|apply (is_gt K ksgn phi sgn_ok) in N]; lra.
Qed.
Lemma row_zero k : (k < n)%nat -> ~ In k rows -> Forall (fun t => t = 0) (R_ k).
Proof.
  intros L N. rewrite forallb_forall in Hz. specialize (Hz (rowk K D k) (nth_In _ _ L)). apply orb_prop in Hz. destruct Hz as [Z|Z].
  - apply Forall_forall. intros t I. apply in_map_iff in I. destruct I as (x & <- & I). unfold zerorow in Z. rewrite forallb_forall in Z. apply (is_eq K ksgn phi sgn_ok), Z; auto.
  - exfalso. apply N. unfold Checker.rows. apply filter_In. split; auto. apply in_seq. unfold n_. lia.
Qed.
Lemma has_sign_true a k b : In (k, b) a -> has_sign a k b = true.
Proof. intros I. unfold has_sign. apply existsb_exists. exists (k, b). simpl. rewrite Nat.eqb_refl, Bool.eqb_reflx. auto. Qed.
Lemma X_nth k : nth k (X P) [] = R_ k.
Proof. simpl. unfold rowk. change [] with (pv []) at 1. apply map_nth. Qed.
Lemma code_ok a h : agree a h -> keyed a -> pattern P h = code a.
Proof.
  intros A Ky. unfold pattern, code. assert (Lx : length (X P) = n) by (simpl; apply map_length). apply nth_ext with false false; [rewrite !map_length, seq_length; auto|].
  intros k L. rewrite map_length, Lx in L. rewrite nth_indep with (d' := (fun x => if Rlt_dec 0 (dot x h) then true else false) []) by (rewrite map_length, Lx; auto).
  rewrite (map_nth (fun x => if Rlt_dec 0 (dot x h) then true else false)), X_nth.
  rewrite nth_indep with (d' := has_sign a O true) by (rewrite map_length, seq_length; auto). rewrite (map_nth (fun k => has_sign a k true)), seq_nth by auto. simpl plus.
  destruct (in_dec Nat.eq_dec k rows) as [I|I].
  - apply Ky, in_map_iff in I. destruct I as ([k' b] & E & I). simpl in E. subst k'. pose proof (A _ _ I) as S. destruct b.
    + rewrite (has_sign_true _ _ _ I). destruct (Rlt_dec 0 (dot (R_ k) h)); auto; lra.
    + destruct (has_sign a k true) eqn:E; [apply has_sign_In, A in E; lra|]. destruct (Rlt_dec 0 (dot (R_ k) h)); auto; lra.
  - destruct (has_sign a k true) eqn:E.
    + apply has_sign_In in E. exfalso. apply I, Ky, in_map_iff. exists (k, true); auto.
    + destruct (Rlt_dec 0 (dot (R_ k) h)) as [Q|Q]; auto. exfalso. pose proof (row_zero k L I) as Z.
      assert (Z0 : forall x w, Forall (fun t => t = 0) x -> dot x w = 0) by (clear; induction x as [|t x IH]; intros [|u w] F; simpl; auto; inversion F; subst; rewrite IH; auto; ring).
      rewrite Z0 in Q by auto. lra.
Qed.
Lemma agree_generic a h : length h = d_dim K D -> agree a h -> keyed a -> generic P h.
Proof.
  intros L A Ky. split; auto. intros x I E. simpl in I. apply in_map_iff in I. destruct I as (r & <- & I). apply (In_nth _ _ []) in I. destruct I as (k & Lk & <-).
  apply row_zero; auto. intros J. apply Ky, in_map_iff in J. destruct J as ([k' b] & E2 & J). simpl in E2. subst k'. apply A in J. unfold rowk in J. destruct b; lra.
Qed.
Lemma generic_rows h : generic P h -> forall k, In k rows -> dot (R_ k) h <> 0.
Proof.
  intros [_ G] k I E. destruct (row_nonzero k I) as (t & J & N). assert (F : Forall (fun t => t = 0) (R_ k)).
  { apply G; auto. rewrite <- X_nth. apply nth_In. simpl. rewrite map_length. apply rows_lt; auto. }
  rewrite Forall_forall in F. auto.
Qed.
Lemma flip_agree a h : agree a h -> agree (flip a) (map (Rmult (-1)) h).
Proof.
  intros A k b I. unfold flip in I. apply in_map_iff in I. destruct I as ([k' b'] & E & I). simpl in E. injection E; intros; subst. apply A in I. rewrite dot_opp. destruct b'; simpl; lra.
Qed.
Lemma flip_keyed a : keyed a -> keyed (flip a).
Proof. intros Ky k. rewrite (Ky k). unfold flip. rewrite map_map. simpl. tauto. Qed.
Lemma tope_ok a : In a topes -> exists h, length h = d_dim K D /\ agree a h /\ keyed a.
Proof.
  intros I. destruct (pat_ok K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok D circuits Hcirc _ _ _ _ Hpat) as [_ C2].
  destruct (C2 a I) as (h & A & L & r & ac & [J|[]] & Q). injection J; intros; subst. exists h. split; auto. split; auto. intros k. rewrite <- Q. simpl. tauto.
Qed.
Lemma all_ok a : In a (with_opposites K ksgn D topes) -> exists h, length h = d_dim K D /\ agree a h /\ keyed a.
Proof.
  intros I. unfold with_opposites in I. assert (G : In a topes \/ exists u, In u topes /\ a = flip u).
  { destruct rows; [auto|]. apply in_flat_map in I. destruct I as (u & J & [<-|[<-|[]]]); [auto|right; eauto]. }
  destruct G as [G|(u & J & ->)]; [apply tope_ok; auto|]. destruct (tope_ok u J) as (h & L & A & Ky). exists (map (Rmult (-1)) h).
  rewrite map_length. split; auto. split; [apply flip_agree; auto|apply flip_keyed; auto].
Qed.
Lemma found h : generic P h -> exists a, In a (with_opposites K ksgn D topes) /\ agree a h.
Proof.
  intros G. pose proof (generic_rows h G) as N. destruct (pat_ok K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok D circuits Hcirc _ _ _ _ Hpat) as [C1 _]. unfold with_opposites.
  destruct rows as [|k1 rs] eqn:ER.
  - destruct (C1 [] [] h) as (a & Ia & Aa); simpl; auto; [intros k b []|]. exists a; auto.
  - assert (N1 := N k1 (or_introl eq_refl)). destruct (Rlt_le_dec 0 (dot (R_ k1) h)) as [S1|S1].
    + destruct (C1 (k1 :: rs) [] h) as (a & Ia & Aa); simpl; auto; [intros k b []|]. exists a. split; auto. apply in_flat_map. exists a; simpl; auto.
    + destruct (C1 (k1 :: rs) [] (map (Rmult (-1)) h)) as (a & Ia & Aa); simpl; auto.
      { intros k b []. } { intros k Hk. rewrite dot_opp. intros E. apply (N k); simpl; auto. lra. } { intros _. rewrite dot_opp. lra. }
      exists (flip a). split; [apply in_flat_map; exists a; simpl; auto|]. apply flip_agree in Aa. rewrite map_mult_mult in Aa.
      replace (map (Rmult (-1 * -1)) h) with h in Aa; auto. symmetry. rewrite <- (map_id h) at 2. apply map_ext. intros; ring.
Qed.
Lemma clash_code a a' h : agree a h -> keyed a -> clash a a' -> (exists h', agree a' h') -> code a <> code a'.
Proof.
  intros A Ky (k & b & I & J) (h' & A') E. assert (L : (k < n)%nat) by (apply rows_lt, Ky, in_map_iff; exists (k, b); auto).
  assert (Q : has_sign a k true = has_sign a' k true).
  { pose proof (f_equal (fun l => nth k l (has_sign a O true)) E) as Q. unfold code in Q. rewrite nth_indep with (d' := has_sign a' O true) (l := map (fun k => has_sign a' k true) (seq 0 n)) in Q by (rewrite map_length, seq_length; auto).
    rewrite (map_nth (fun k => has_sign a k true)), (map_nth (fun k => has_sign a' k true)), seq_nth in Q; auto. }
  destruct b; simpl in J.
  - rewrite (has_sign_true _ _ _ I) in Q. symmetry in Q. apply has_sign_In, A' in Q. apply A' in J. simpl in *. lra.
  - rewrite (has_sign_true _ _ _ J) in Q. apply has_sign_In, A in Q. apply A in I. simpl in *. lra.
Qed.
Lemma clash_flip a a' : clash a a' -> clash (flip a) (flip a').
Proof.
  intros (k & b & I & J). exists k, (negb b). unfold flip. split; apply in_map_iff; [exists (k, b)|exists (k, negb b)]; auto.
Qed.
Theorem patterns_ok : number (fun s => exists h, generic P h /\ pattern P h = s) (length (with_opposites K ksgn D topes)).
Proof.
  exists (map code (with_opposites K ksgn D topes)). split; [|split; [apply map_length|]].
  - destruct (pat_clash K k0 kadd kmul ksgn D circuits _ _ _ _ Hpat) as [E1 E2]; [repeat constructor|].
    assert (G : forall l, ForallOrdPairs clash l -> (forall a, In a l -> exists h, length h = d_dim K D /\ agree a h /\ keyed a) -> NoDup (map code l)).
    { induction 1 as [|a l F _ IH]; simpl; intros Q; constructor; [|apply IH; auto]. intros I. apply in_map_iff in I. destruct I as (a' & E & I).
      destruct (Q a (or_introl eq_refl)) as (h & _ & A & Ky). destruct (Q a' (or_intror I)) as (h' & _ & A' & _). rewrite Forall_forall in F. symmetry in E. revert E.
      apply (clash_code a a' h); eauto. }
    pose proof all_ok as AO. unfold with_opposites in *. destruct rows as [|k1 rs] eqn:ER; [apply G; auto|].
    assert (PM : Permutation (flat_map (fun a => [a; flip a]) topes) (topes ++ map flip topes)).
    { clear. induction topes as [|a l IH]; simpl; auto. constructor. rewrite IH. apply Permutation_middle. }
    apply (Permutation_NoDup (l := map code (topes ++ map flip topes))); [apply Permutation_map; symmetry; auto|]. apply G.
    + apply fop_app; auto.
      * clear -E2. induction E2 as [|a l F _ IH]; simpl; constructor; auto. rewrite Forall_forall in *. intros x I. apply in_map_iff in I. destruct I as (z & <- & I). apply clash_flip; auto.
      * intros a z I J. apply in_map_iff in J. destruct J as (a' & <- & J). destruct (E1 a I) as (r & ac & [Q|[]] & _ & T1). destruct (E1 a' J) as (r' & ac' & [Q'|[]] & _ & T2).
        injection Q; intros; subst. injection Q'; intros; subst. exists k1, true. split; [apply T1; auto|]. unfold flip. apply in_map_iff. exists (k1, true). auto.
    + intros a I. apply AO. apply (Permutation_in _ (Permutation_sym PM)); auto.
  - intros s. rewrite in_map_iff. split.
    + intros (h & G & <-). destruct (found h G) as (a & I & A). exists a. split; auto. symmetry. destruct (all_ok a I) as (_ & _ & _ & Ky). apply code_ok; auto.
    + intros (a & <- & I). destruct (all_ok a I) as (h & L & A & Ky). exists h. split; [apply (agree_generic a); auto|apply code_ok; auto].
Qed.
End Patterns.
