(* Scalars over Q, kept in lowest terms. *)
From Coq Require Import List ZArith QArith Qreduction Reals Qreals Lra Lia.
From Cert Require Import Checker Staircase Walks Separation.
Open Scope Q_scope.
Definition qadd (x y : Q) : Q := if Z.eqb (Qnum x) 0 then y else if Z.eqb (Qnum y) 0 then x else Qred (x + y).
Definition qmul (x y : Q) : Q := if Z.eqb (Qnum x) 0 then 0 else if Z.eqb (Qnum y) 0 then 0 else Qred (x * y).
Definition qsgn (x : Q) : option comparison := Some (Z.compare (Qnum x) 0).
Definition checkQ : cert Q -> bool := check Q 0 1 qadd qmul Qopp qsgn.

Lemma num0 x : Z.eqb (Qnum x) 0 = true -> Q2R x = 0%R.
Proof. intros E. apply Z.eqb_eq in E. unfold Q2R. rewrite E. lra. Qed.
Lemma q_add x y : Q2R (qadd x y) = (Q2R x + Q2R y)%R.
Proof.
  unfold qadd. destruct (Z.eqb (Qnum x) 0) eqn:A; [rewrite (num0 x A); lra|]. destruct (Z.eqb (Qnum y) 0) eqn:B; [rewrite (num0 y B); lra|].
  rewrite (Qeq_eqR _ _ (Qred_correct (x + y))). apply Q2R_plus.
Qed.
Lemma q_mul x y : Q2R (qmul x y) = (Q2R x * Q2R y)%R.
Proof.
  unfold qmul. destruct (Z.eqb (Qnum x) 0) eqn:A; [rewrite (num0 x A); unfold Q2R; simpl; lra|]. destruct (Z.eqb (Qnum y) 0) eqn:B; [rewrite (num0 y B); unfold Q2R; simpl; lra|].
  rewrite (Qeq_eqR _ _ (Qred_correct (x * y))). apply Q2R_mult.
Qed.
Lemma q_sgn x : match qsgn x with Some Lt => (Q2R x < 0)%R | Some Eq => Q2R x = 0%R | Some Gt => (0 < Q2R x)%R | None => True end.
Proof.
  unfold qsgn, Q2R. assert (D : (0 < / IZR (Zpos (Qden x)))%R) by (apply Rinv_0_lt_compat, (IZR_lt 0); lia).
  destruct (Z.compare_spec (Qnum x) 0) as [E|E|E].
  - rewrite E. lra.
  - apply IZR_lt in E. replace 0%R with (0 * / IZR (Zpos (Qden x)))%R by ring. apply Rmult_lt_compat_r; auto.
  - apply IZR_lt in E. apply Rmult_lt_0_compat; auto.
Qed.
Theorem staircase_correct_Q C : checkQ C = true -> claims_hold Q Q2R C.
Proof.
  apply staircase_correct; first [apply q_add | apply q_mul | apply Q2R_opp | apply q_sgn | unfold Q2R; simpl; field].
Qed.
Definition check_walkQ : walk Q -> bool := check_walk Q 0 qadd qmul Qopp qsgn.
Theorem walk_correct_Q C : check_walkQ C = true -> walk_holds Q Q2R C.
Proof.
  apply walk_correct; first [apply q_add | apply q_mul | apply Q2R_opp | apply q_sgn | unfold Q2R; simpl; field].
Qed.
Definition check_separationQ : separation Q -> bool := check_separation Q 0 1 qadd qmul Qopp qsgn.
Theorem separation_correct_Q C : check_separationQ C = true -> separation_holds Q Q2R C.
Proof.
  apply separation_correct; first [apply q_add | apply q_mul | apply Q2R_opp | apply q_sgn | unfold Q2R; simpl; field].
Qed.
