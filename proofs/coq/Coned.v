(* Kind cones, over Q: the claims of a staircase but the topes, kappa feasible by a tree of cones, and what format 2 adds. *)
From Coq Require Import List ZArith QArith Bool Reals Qreals Lra Lia.
From Cert Require Import Statement Polytope Networks Slots Rank Theta Checker Cones Checks Staircase Rational ConeTree ConeBounds.
Import ListNotations.

(** bound is that of the features in use; [c_bound] that of all *)
Record coned := ConedOf { n_cert : cert Q; n_cones : cones; n_used_rank : nat; n_bound : nat }.
Definition check_coned (N : coned) : bool :=
  let C := n_cert N in
  check_with Q 0%Q 1%Q qadd qmul Qopp qsgn (by_cones (n_cones N)) C &&
  ((n_used_rank N =? c_used Q C) && (n_bound N =? Nat.min (c_mstar Q C + c_Mstar Q C) (S (c_used Q C))) && (c_threshold Q C <=? n_bound N))%nat.
Record coned_holds (N : coned) : Prop := {
  N_shape : shape_holds Q Q2R (n_cert N);
  (** the rank of the features that P uses, and the bound that it gives *)
  N_used : used_rank (features Q Q2R (n_cert N)) (fit_of Q Q2R (n_cert N)) (n_used_rank N);
  N_bound : n_bound N = Nat.min (c_mstar Q (n_cert N) + c_Mstar Q (n_cert N)) (S (n_used_rank N)) /\ (c_threshold Q (n_cert N) <= n_bound N)%nat;
  N_T7_5 : forall m, (n_bound N <= m)%nat -> (c_mstar Q (n_cert N) <= m)%nat -> connected (problem_of Q Q2R (n_cert N)) m }.
Theorem cones_correct N : check_coned N = true -> coned_holds N.
Proof.
  unfold check_coned. rewrite !andb_true_iff. intros [H [[U B] T]]. apply Nat.eqb_eq in U, B. apply Nat.leb_le in T.
  assert (L : length (c_kappa Q (n_cert N)) = length (d_X Q (c_data Q (n_cert N)))).
  { clear -H. unfold check_with in H. destruct (mapo _ _) as [vs|]; try discriminate. revert H. unfold shape. conjuncts. intros _ _ H. intros. apply Nat.eqb_eq, H. }
  destruct (shape_grounds Q 0%Q 1%Q qadd qmul Qopp qsgn Q2R ltac:(unfold Q2R; simpl; field) ltac:(unfold Q2R; simpl; field) q_add q_mul Q2R_opp q_sgn (by_cones (n_cones N)) (n_cert N)) as (S & _); auto.
  { intros W By. apply (cones_bounded (n_cones N)); auto. }
  constructor; auto.
  - rewrite U. apply S.
  - rewrite U. auto.
  - intros m Lm Mm. apply (H_threshold _ _ _ S m Mm); lia.
Qed.
