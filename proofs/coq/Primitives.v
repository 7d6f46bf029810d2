(* The primitive claims, by the names that they have in the checker in Python: what each one proves.
   Their functions are in Checker.v and Polytope.v; these are the statements to read. *)
From Coq Require Import List ZArith Bool Reals Lra Lia Relations.
From Cert Require Import Statement Polytope Slots Checker Cones Checks.
Import ListNotations.
Open Scope R_scope.

Section Primitives.
Variable K : Type.
Variables (k0 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).
Variable phi : K -> R.
Hypothesis phi0 : phi k0 = 0.
Hypothesis phi_add : forall x z, phi (kadd x z) = phi x + phi z.
Hypothesis phi_mul : forall x z, phi (kmul x z) = phi x * phi z.
Hypothesis phi_opp : forall x, phi (kopp x) = - phi x.
Hypothesis sgn_ok : forall x, match ksgn x with Some Lt => phi x < 0 | Some Eq => phi x = 0 | Some Gt => 0 < phi x | None => True end.
Notation pv := (map phi).

(** (a) a sum of vectors with given coefficients is a vector *)
Theorem combination_claim cs c target i : keq K kadd kopp ksgn (combination K k0 kadd kmul cs c i) (nth i target k0) = true ->
  comb (map pv cs) (pv c) i = nth i (pv target) 0.
Proof.
  intros E. apply (keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in E. rewrite (combination_ok K k0 kadd kmul phi phi0 phi_add phi_mul) in E. rewrite E, <- phi0. symmetry. apply map_nth.
Qed.
(** (b) the sign of a dot product less a number *)
Theorem side_claim x w less : match side K k0 kadd kmul kopp ksgn x w less with
  Some Lt => dot (pv x) (pv w) < phi less | Some Eq => dot (pv x) (pv w) = phi less | Some Gt => phi less < dot (pv x) (pv w) | None => True end.
Proof.
  unfold side, ksub. pose proof (sgn_ok (kadd (kdot K k0 kadd kmul x w) (kopp less))) as S. rewrite phi_add, phi_opp, (phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul) in S.
  destruct (ksgn _) as [[]|]; auto; lra.
Qed.
End Primitives.
(** (c) one set of indices lies in another *)
Theorem inside_claim : forall s t, length s = length t -> (inside s t = true <-> forall a, nth a s false = true -> nth a t false = true).
Proof.
  induction s as [|x s IH]; intros [|z t] L; simpl in L; try discriminate; [simpl; split; auto|]. specialize (IH t ltac:(lia)). simpl. rewrite andb_true_iff, IH. split.
  - intros [A B] [|a]; [destruct x, z; auto|apply B].
  - intros A. split; [|intros a; apply (A (S a))]. specialize (A O). simpl in A. destruct x, z; auto.
Qed.
(** (d) the leaves of a tree leave no branch out: [tree_ok] for the vertices, [cones] for the topes *)
Definition tree_claim := tree_ok.
Definition tree_of_topes_claim := cones.
(** (e) parents lead every member to a root *)
Definition forest_claim := forest_ok.
