(* T8 in slot space: components of Theta_m from the vertices of P. *)
From Coq Require Import List Bool Reals Lra Lia Relations Permutation Factorial.
From Cert Require Import Statement Polytope Networks.
Import ListNotations.
Open Scope R_scope.

(** * Permutations of a list, counted *)
Fixpoint inserts {A} (x : A) (l : list A) : list (list A) :=
  match l with [] => [[x]] | y :: l' => (x :: l) :: map (cons y) (inserts x l') end.
Fixpoint perms {A} (l : list A) : list (list A) := match l with [] => [[]] | x :: l' => flat_map (inserts x) (perms l') end.
Lemma inserts_len {A} (x : A) l : length (inserts x l) = S (length l).
Proof. induction l; simpl; auto. rewrite map_length, IHl; auto. Qed.
Lemma inserts_perm {A} (x : A) : forall l p, In p (inserts x l) -> Permutation (x :: l) p.
Proof.
  induction l as [|y l IH]; simpl; intros p [<-|H]; auto; try tauto.
  apply in_map_iff in H. destruct H as (q & <- & H). apply IH in H. rewrite perm_swap. constructor; auto.
Qed.
Lemma in_inserts {A} (x : A) : forall l1 l2, In (l1 ++ x :: l2) (inserts x (l1 ++ l2)).
Proof.
  induction l1 as [|y l1 IH]; intros l2; simpl.
  - destruct l2; simpl; auto.
  - right. apply in_map, IH.
Qed.
Lemma perms_perm {A} : forall (l p : list A), In p (perms l) <-> Permutation l p.
Proof.
  induction l as [|x l IH]; simpl; intros p.
  - split; [intros [<-|[]]; auto|]. intros H. apply Permutation_nil in H. auto.
  - rewrite in_flat_map. split.
    + intros (q & H1 & H2). apply IH in H1. apply inserts_perm in H2. rewrite H1. auto.
    + intros H. assert (I : In x p) by (eapply Permutation_in; eauto; simpl; auto). apply in_split in I. destruct I as (l1 & l2 & ->).
      exists (l1 ++ l2). split; [|apply in_inserts]. apply IH. eapply Permutation_cons_app_inv; eauto.
Qed.
Lemma perms_len {A} (l : list A) : length (perms l) = fact (length l).
Proof.
  induction l as [|x l IH]; simpl; auto.
  assert (forall ps n, Forall (fun p => length p = n) ps -> length (flat_map (inserts x) ps) = (S n * length ps)%nat).
  { induction 1; simpl; auto. rewrite app_length, inserts_len, IHForall, H. simpl. lia. }
  rewrite (H _ (length l)); [rewrite IH; simpl; lia|]. apply Forall_forall. intros p Hp. apply perms_perm in Hp. symmetry. apply Permutation_length; auto.
Qed.
Lemma inserts_nodup {A} (x : A) : forall l, ~ In x l -> NoDup (inserts x l).
Proof.
  induction l as [|y l IH]; simpl; intros H; [repeat constructor; auto|]. constructor.
  - intros K. apply in_map_iff in K. destruct K as (q & E & _). injection E; intros; subst. tauto.
  - apply FinFun.Injective_map_NoDup; auto. intros a b E. congruence.
Qed.
Lemma insert_remove {A} (x : A) : forall l l' p, ~ In x l -> ~ In x l' -> In p (inserts x l) -> In p (inserts x l') -> l = l'.
Proof.
  induction l as [|y l IH]; intros [|z l'] p H H' K K'; simpl in *.
  - auto.
  - destruct K as [<-|[]]. destruct K' as [E|K']; [discriminate|]. apply in_map_iff in K'. destruct K' as (q & E & I). injection E; intros; subst. tauto.
  - destruct K' as [<-|[]]. destruct K as [E|K]; [discriminate|]. apply in_map_iff in K. destruct K as (q & E & I). injection E; intros; subst. tauto.
  - destruct K as [<-|K].
    + destruct K' as [E|K']; [congruence|]. apply in_map_iff in K'. destruct K' as (q & E & I). injection E; intros; subst. tauto.
    + apply in_map_iff in K. destruct K as (q & <- & I). destruct K' as [E|K']; [injection E; intros; subst; tauto|].
      apply in_map_iff in K'. destruct K' as (q' & E & I'). injection E; intros; subst. f_equal. eapply IH; eauto.
Qed.
Lemma nodup_flat {A B} (f : A -> list B) : forall l, NoDup l -> (forall x, In x l -> NoDup (f x)) ->
  (forall x x' p, In x l -> In x' l -> In p (f x) -> In p (f x') -> x = x') -> NoDup (flat_map f l).
Proof.
  induction l as [|x l IH]; simpl; intros N H K; [constructor|]. inversion N; subst.
  assert (NoDup (f x) /\ NoDup (flat_map f l)) as [A1 A2] by (split; auto; apply IH; eauto).
  assert (D : forall p, In p (f x) -> ~ In p (flat_map f l)).
  { intros p I J. apply in_flat_map in J. destruct J as (x' & J1 & J2). assert (x = x') by (eapply K; eauto). subst; tauto. }
  clear -A1 A2 D. induction A1; simpl; auto. constructor.
  - rewrite in_app_iff. intros [I|I]; auto. apply (D x0); simpl; auto.
  - apply IHA1. intros p I. apply D. simpl; auto.
Qed.
Lemma perms_nodup {A} : forall l : list A, NoDup l -> NoDup (perms l).
Proof.
  induction 1; simpl; [repeat constructor; auto|]. apply nodup_flat; auto.
  - intros p Hp. apply inserts_nodup. intros I. apply perms_perm in Hp. apply H. apply (Permutation_in _ (Permutation_sym Hp)); auto.
  - intros p p' q Hp Hp'. apply perms_perm in Hp. apply perms_perm in Hp'. apply insert_remove.
    + intros J. apply H. apply (Permutation_in _ (Permutation_sym Hp)); auto.
    + intros J. apply H. apply (Permutation_in _ (Permutation_sym Hp')); auto.
Qed.

Section Stair.
Variables (atoms : list neuron) (cols : list (list R)) (b : list R) (V : list vert).
Hypothesis HN : length cols = length atoms.
Hypothesis H : ok cols b V.
Let N := length atoms.
Notation merge := (merge atoms).
Notation valid := (valid atoms).
Definition Slots (m : nat) (T : list slot) := length T = m /\ Forall valid T /\ feas cols b (merge T).
Definition compat (t t' : slot) := fst t = fst t' \/ snd t = 0 \/ snd t' = 0.
Definition smove m T T' := Slots m T /\ Slots m T' /\ Forall2 compat T T'.
Definition sconn m := clos_refl_sym_trans (list slot) (smove m).

Lemma F2_refl {A} (Q : A -> A -> Prop) : (forall x, Q x x) -> forall l, Forall2 Q l l.
Proof. clear. induction l; auto. Qed.
Lemma compat_refl t : compat t t. Proof. left; auto. Qed.
Lemma compat_sym t t' : compat t t' -> compat t' t. Proof. unfold compat. intuition. Qed.
Lemma smove_sym m T T' : smove m T T' -> smove m T' T.
Proof. intros (A & B & C). split; auto. split; auto. clear -C. induction C; constructor; auto. apply compat_sym; auto. Qed.
Lemma mass_app a : forall T U, mass a (T ++ U) = mass a T + mass a U.
Proof. induction T; intros; simpl. lra. rewrite IHT. lra. Qed.
Lemma mass_perm a T U : Permutation T U -> mass a T = mass a U.
Proof. induction 1; simpl; lra. Qed.
Lemma merge_ext T U : (forall a, (a < N)%nat -> mass a T = mass a U) -> merge T = merge U.
Proof.
  intros E. apply nth_ext with 0 0. rewrite !merge_len; auto. intros a Ha. rewrite merge_len in Ha. rewrite !nth_merge; auto.
Qed.
Lemma Slots_perm m T U : Permutation T U -> Slots m T -> Slots m U.
Proof.
  intros Pm (A & B & C). split; [|split].
  - rewrite <- A. symmetry. apply Permutation_length; auto.
  - rewrite Forall_forall in *. intros t Ht. apply B. eapply Permutation_in; [symmetry|]; eauto.
  - rewrite (merge_ext U T); auto. intros a _. apply mass_perm. symmetry; auto.
Qed.
Lemma mass_nonneg a T : Forall valid T -> 0 <= mass a T.
Proof. induction 1 as [|t T [A _] _ IH]; simpl; [lra|]. destruct (fst t =? a)%nat; lra. Qed.
Lemma mass_pos a T : Forall valid T -> mass a T <> 0 -> In a (map fst T).
Proof.
  induction 1 as [|t T A B IH]; simpl; intros E; [lra|]. destruct (Nat.eqb_spec (fst t) a); auto. right. apply IH. lra.
Qed.

(** ** A move projects to a segment of P_m *)
Definition lslot (t : R) (x x' : slot) : slot := (if Req_EM_T (snd x) 0 then fst x' else fst x, (1 - t) * snd x + t * snd x').
Fixpoint lslots t (T T' : list slot) : list slot := match T, T' with x :: T, x' :: T' => lslot t x x' :: lslots t T T' | _, _ => [] end.
Lemma mass_lslots t a : forall T T', Forall2 compat T T' -> mass a (lslots t T T') = (1 - t) * mass a T + t * mass a T'.
Proof.
  induction 1 as [|x x' T T' C _ IH]; simpl. ring. rewrite IH. unfold compat in C.
  destruct (Req_EM_T (snd x) 0) as [E|E].
  - rewrite E. destruct (fst x =? a)%nat, (fst x' =? a)%nat; ring.
  - destruct C as [C|[C|C]]; [rewrite C|tauto|rewrite C].
    + destruct (fst x' =? a)%nat; ring.
    + destruct (fst x =? a)%nat, (fst x' =? a)%nat; ring.
Qed.
Lemma lslots_len t : forall T T', length T = length T' -> length (lslots t T T') = length T.
Proof. induction T; intros [|x' T'] E; simpl in *; auto; discriminate. Qed.
Theorem smove_seg m T T' : smove m T T' -> seg cols b m (merge T) (merge T').
Proof.
  intros ((A1 & A2 & A3) & (B1 & B2 & B3) & C). split; auto. split; auto. intros t Ht.
  assert (L : length (merge T) = length (merge T')) by (rewrite !merge_len; auto).
  split. apply feas_lerp; auto. apply lerp_nonneg; auto. apply A3. apply B3.
  replace (lerp t (merge T) (merge T')) with (merge (lslots t T T')).
  - eapply Nat.le_trans. apply nnz_merge. rewrite lslots_len; lia.
  - apply nth_ext with 0 0. rewrite lerp_len, !merge_len; auto.
    intros a Ha. rewrite merge_len in Ha. rewrite nth_lerp, !nth_merge by auto. apply mass_lslots; auto.
Qed.
Theorem sconn_conn m T T' : sconn m T T' -> conn cols b m (merge T) (merge T').
Proof.
  induction 1. apply rst_step, smove_seg; auto. apply rst_refl. apply rst_sym; auto. eapply rst_trans; eauto.
Qed.

(** ** Placing a point *)
Fixpoint put (used : list nat) (L : list nat) (v : list R) : list slot :=
  match L with [] => []
  | a :: L' => if in_dec Nat.eq_dec a used then (a, 0) :: put used L' v else (a, nth a v 0) :: put (a :: used) L' v end.
Lemma put_fst v : forall L used, map fst (put used L v) = L.
Proof. induction L as [|a L IH]; intros used; simpl; auto. destruct in_dec; simpl; rewrite IH; auto. Qed.
Lemma put_mass v a : forall L used, mass a (put used L v) = if in_dec Nat.eq_dec a used then 0 else if in_dec Nat.eq_dec a L then nth a v 0 else 0.
Proof.
  induction L as [|x L IH]; intros used; simpl.
  - destruct in_dec; auto.
  - destruct (in_dec Nat.eq_dec x used) as [I|I]; simpl; rewrite IH.
    + destruct (Nat.eqb_spec x a); [subst; destruct (in_dec Nat.eq_dec a used); [ring|tauto]|].
      destruct (in_dec Nat.eq_dec a used), (Nat.eq_dec x a), (in_dec Nat.eq_dec a L); try congruence; try ring.
    + destruct (Nat.eqb_spec x a) as [E|E].
      * subst. destruct (in_dec Nat.eq_dec a (a :: used)) as [J|J]; [|exfalso; apply J; simpl; auto]. destruct (in_dec Nat.eq_dec a used); [tauto|].
        destruct (Nat.eq_dec a a); [ring|congruence].
      * destruct (in_dec Nat.eq_dec a (x :: used)) as [J|J]; destruct (in_dec Nat.eq_dec a used) as [K|K].
        -- ring.
        -- exfalso. destruct J; auto.
        -- exfalso. apply J. simpl; auto.
        -- destruct (Nat.eq_dec x a); [congruence|]. destruct (in_dec Nat.eq_dec a L); ring.
Qed.
Lemma put_valid v : Forall (fun x => 0 <= x) v -> length v = N -> forall L used, Forall valid (put used L v).
Proof.
  intros P E. induction L as [|a L IH]; intros used; simpl; [constructor|]. destruct in_dec; constructor; auto.
  - split; simpl; auto; lra.
  - split; simpl. apply nth_nonneg; auto. destruct (Nat.lt_ge_cases a (length atoms)); auto. right. apply nth_overflow. unfold N in E. lia.
Qed.
Definition holds (L : list nat) (v : vert) := forall a, nth a (vr v) 0 <> 0 -> In a L.
Lemma vlen v : In v V -> length (vr v) = N.
Proof. intros I. destruct (ok_v _ _ _ H v I) as ((A & _) & _). unfold N. congruence. Qed.
Lemma put_merge L v : In v V -> holds L v -> merge (put [] L (vr v)) = vr v.
Proof.
  intros I E. apply nth_ext with 0 0. rewrite merge_len, vlen; auto. intros a Ha. rewrite merge_len in Ha. rewrite nth_merge, put_mass by auto.
  simpl. destruct in_dec; auto. destruct (Req_dec (nth a (vr v) 0) 0); auto. exfalso; auto.
Qed.
Lemma put_Slots m L v : In v V -> holds L v -> length L = m -> Slots m (put [] L (vr v)).
Proof.
  intros I E Lm. split; [|split].
  - rewrite <- Lm. transitivity (length (map fst (put [] L (vr v)))); [rewrite map_length; auto|rewrite put_fst; auto].
  - apply put_valid; [|apply vlen; auto]. destruct (ok_v _ _ _ H v I) as ((_ & A & _) & _); auto.
  - rewrite put_merge; auto. apply (ok_v _ _ _ H v I).
Qed.
Lemma put_compat v w : forall L used used', Forall2 compat (put used L v) (put used' L w).
Proof. induction L as [|a L IH]; intros; simpl; [constructor|]. destruct in_dec, in_dec; constructor; auto; left; auto. Qed.
Lemma put_compat2 v : forall T used, Forall2 compat T (put used (map fst T) v).
Proof. induction T as [|a L IH]; intros; simpl; [constructor|]. destruct in_dec; constructor; auto; left; auto. Qed.
Lemma covered_holds T v : Forall valid T -> In v V -> poss (smask v) (merge T) -> holds (map fst T) v.
Proof.
  intros VT I P a E. apply mass_pos; auto. destruct (ok_v _ _ _ H v I) as (F & P2 & S2).
  assert (A : nth a (smask v) false = true). { apply (nth_supin a (smask v) (vr v)); auto. pose proof (nth_nonneg a (vr v) ltac:(apply F)). lra. }
  assert (La : (a < N)%nat). { rewrite <- (vlen v I). destruct (Nat.lt_ge_cases a (length (vr v))); auto. rewrite nth_overflow in E; tauto. }
  intros Z. rewrite <- (nth_merge atoms) in Z by auto. apply (nth_poss a (smask v)) in Z; auto. congruence.
Qed.
(** every optimal slot assignment is one move away from a placed vertex *)
Theorem to_vertex m T v : Slots m T -> In v V -> poss (smask v) (merge T) ->
  holds (map fst T) v /\ smove m T (put [] (map fst T) (vr v)).
Proof.
  intros S I P. destruct S as (A & B & C). assert (Hh := covered_holds T v B I P). split; auto.
  split. split; auto. split. apply put_Slots; auto. rewrite map_length; auto. apply put_compat2.
Qed.

(** ** With an empty slot all placements are joined *)
Lemma exch {A} (x z : A) l2 l3 : Permutation (x :: l2 ++ z :: l3) (z :: l2 ++ x :: l3).
Proof.
  transitivity (x :: z :: l2 ++ l3). constructor. symmetry; apply Permutation_middle.
  transitivity (z :: x :: l2 ++ l3). apply perm_swap. constructor. apply Permutation_middle.
Qed.
Lemma zero_move m l1 x l2 z l3 : snd z = 0 -> Slots m (l1 ++ x :: l2 ++ z :: l3) -> smove m (l1 ++ x :: l2 ++ z :: l3) (l1 ++ z :: l2 ++ x :: l3).
Proof.
  intros Z S. split; auto. split.
  - eapply Slots_perm; [|eauto]. apply Permutation_app_head, exch.
  - apply Forall2_app. apply F2_refl, compat_refl. constructor. right; auto. apply Forall2_app. apply F2_refl, compat_refl.
    constructor. right; auto. apply F2_refl, compat_refl.
Qed.
Lemma zero_move' m l1 x l2 z l3 : snd z = 0 -> Slots m (l1 ++ z :: l2 ++ x :: l3) -> smove m (l1 ++ z :: l2 ++ x :: l3) (l1 ++ x :: l2 ++ z :: l3).
Proof.
  intros Z S. apply smove_sym, zero_move; auto. eapply Slots_perm; [|eauto]. apply Permutation_app_head, exch.
Qed.
Lemma perm_conn0 m : forall u u', Permutation u u' -> forall pre z, snd z = 0 -> Slots m (z :: pre ++ u) -> sconn m (z :: pre ++ u) (z :: pre ++ u').
Proof.
  induction 1 as [|x l l' P IH|x y l|l l' l'' P1 IH1 P2 IH2]; intros pre z Z S.
  - apply rst_refl.
  - specialize (IH (pre ++ [x]) z Z). rewrite <- !app_assoc in IH. apply IH; auto.
  - (* z pre y x l -> y pre z x l -> y pre x z l -> z pre x y l *)
    pose proof (zero_move' m [] y pre z (x :: l) Z S) as M1. simpl in M1.
    assert (S1 : Slots m (y :: pre ++ z :: x :: l)) by apply M1.
    pose proof (zero_move' m (y :: pre) x [] z l Z S1) as M2. simpl in M2. assert (S2 : Slots m (y :: pre ++ x :: z :: l)) by apply M2.
    assert (E : y :: pre ++ x :: z :: l = [] ++ y :: (pre ++ [x]) ++ z :: l) by (simpl; rewrite <- app_assoc; auto).
    rewrite E in S2. pose proof (zero_move m [] y (pre ++ [x]) z l Z S2) as M3. simpl in M3. rewrite <- !app_assoc in M3. simpl in M3.
    eapply rst_trans; [apply rst_step, M1|]. eapply rst_trans; [apply rst_step, M2|apply rst_step, M3].
  - eapply rst_trans; [apply IH1; auto|]. apply IH2; auto. eapply Slots_perm; [|eauto]. constructor. apply Permutation_app_head; auto.
Qed.
Lemma front m T z : In z T -> snd z = 0 -> Slots m T -> exists U, Permutation T (z :: U) /\ sconn m T (z :: U).
Proof.
  intros I Z S. apply in_split in I. destruct I as (l1 & l2 & ->). destruct l1 as [|x l1].
  - exists l2. split; auto. apply rst_refl.
  - exists (l1 ++ x :: l2). pose proof (zero_move m [] x l1 z l2 Z S) as M. split; [|apply rst_step, M].
    simpl. rewrite <- Permutation_middle. rewrite <- Permutation_middle. apply perm_swap.
Qed.
Lemma perm_conn m T T' z : Permutation T T' -> In z T -> snd z = 0 -> Slots m T -> sconn m T T'.
Proof.
  intros P I Z S. assert (S' : Slots m T') by (eapply Slots_perm; eauto). assert (I' : In z T') by (eapply Permutation_in; eauto).
  destruct (front m T z I Z S) as (U & P1 & C1). destruct (front m T' z I' Z S') as (U' & P1' & C1').
  eapply rst_trans; [apply C1|]. eapply rst_trans; [|apply rst_sym, C1'].
  apply (perm_conn0 m U U') with (pre := []); auto.
  - apply Permutation_cons_inv with z. rewrite <- P1, <- P1'. auto.
  - simpl. eapply Slots_perm; eauto.
Qed.
Definition zz (t : slot) : slot := if Req_EM_T (snd t) 0 then (O, 0) else t.
Definition nzb (t : slot) := if Req_EM_T (snd t) 0 then false else true.
Lemma zz_move m T : Slots m T -> smove m T (map zz T).
Proof.
  intros (A & B & C). split; [split; auto|]. split.
  - split. rewrite map_length; auto. split.
    + rewrite Forall_forall in *. intros t Ht. apply in_map_iff in Ht. destruct Ht as (u & <- & Hu). unfold zz. destruct Req_EM_T; auto. split; simpl; auto; lra.
    + rewrite (merge_ext (map zz T) T); auto. intros a _. clear. induction T as [|t T IH]; simpl; auto. rewrite IH. unfold zz.
      destruct (Req_EM_T (snd t) 0) as [E|E]; auto. simpl. rewrite E. destruct (fst t =? a)%nat; destruct a; simpl; auto.
  - clear. induction T as [|t T IH]; simpl; constructor; auto. unfold zz, compat. destruct (Req_EM_T (snd t) 0); auto.
Qed.
Lemma zz_perm T : Permutation (map zz T) (filter nzb T ++ repeat (O, 0) (length T - length (filter nzb T))).
Proof.
  induction T as [|t T IH]; [simpl; auto|]. assert (L : (length (filter nzb T) <= length T)%nat) by (clear; induction T; simpl; auto; destruct nzb; simpl; lia).
  cbn [map filter]. destruct (nzb t) eqn:B; unfold nzb in B; unfold zz at 1; destruct (Req_EM_T (snd t) 0) as [E|E]; try discriminate.
  - simpl. constructor; auto.
  - change (length (t :: T)) with (S (length T)). rewrite Nat.sub_succ_l by auto. cbn [repeat]. transitivity ((O, 0) :: filter nzb T ++ repeat (O, 0) (length T - length (filter nzb T))).
    constructor; auto. apply Permutation_middle.
Qed.
Lemma put_nz v : forall L used t, In t (filter nzb (put used L v)) <-> ~ In (fst t) used /\ In (fst t) L /\ snd t = nth (fst t) v 0 /\ snd t <> 0.
Proof.
  induction L as [|a L IH]; intros used [x c]; simpl; [tauto|]. destruct (in_dec Nat.eq_dec a used) as [I|I]; simpl.
  - unfold nzb at 1; simpl. destruct (Req_EM_T 0 0); [|tauto]. rewrite IH. simpl. split; [tauto|]. intros (A & [B|B] & C & D); [subst; tauto|auto].
  - unfold nzb at 1; simpl. destruct (Req_EM_T (nth a v 0) 0) as [E|E]; simpl; rewrite IH; simpl.
    + split; [tauto|]. intros (A & [B|B] & C & D); [subst; tauto|]. split; auto. intros [F|F]; [subst; tauto|tauto].
    + split.
      * intros [B|(A & B & C & D)]; [injection B; intros; subst; auto|]. tauto.
      * intros (A & [B|B] & C & D); [subst; auto|]. destruct (Nat.eq_dec a x); [subst; auto|]. right. split; auto. tauto.
Qed.
Lemma put_nodup v : forall L used, NoDup (map fst (filter nzb (put used L v))).
Proof.
  induction L as [|a L IH]; intros used; simpl; [constructor|]. destruct (in_dec Nat.eq_dec a used); simpl; unfold nzb at 1; simpl.
  - destruct (Req_EM_T 0 0); [auto|tauto].
  - destruct (Req_EM_T (nth a v 0) 0); auto. simpl. constructor; auto. intros I. apply in_map_iff in I. destruct I as ([x c] & E & I). simpl in E. subst.
    apply put_nz in I. simpl in I. tauto.
Qed.
Definition supp (s : list bool) := filter (fun a => nth a s false) (seq 0 (length s)).
Lemma supp_S x s : supp (x :: s) = (if x then [O] else []) ++ map S (supp s).
Proof.
  unfold supp. simpl. rewrite <- seq_shift. destruct x; simpl; [f_equal|]; clear; generalize (seq 0 (length s)); induction l; simpl; auto; destruct nth; simpl; rewrite IHl; auto.
Qed.
Lemma supp_len s : length (supp s) = cnt s.
Proof. induction s as [|x s IH]; auto. rewrite supp_S, app_length, map_length, IH. destruct x; auto. Qed.
Lemma supp_In s a : In a (supp s) <-> nth a s false = true.
Proof.
  clear. unfold supp. rewrite filter_In, in_seq. split; [tauto|]. intros E. split; auto. destruct (Nat.lt_ge_cases a (length s)); [lia|]. rewrite nth_overflow in E; auto; discriminate.
Qed.
Lemma supp_nodup s : NoDup (supp s).
Proof. apply NoDup_filter, seq_NoDup. Qed.
Lemma nz_iff v a : In v V -> (nth a (vr v) 0 <> 0 <-> nth a (smask v) false = true).
Proof.
  intros I. destruct (ok_v _ _ _ H v I) as (F & P2 & S2). split; intros E.
  - apply (nth_supin a _ (vr v)); auto. pose proof (nth_nonneg a (vr v) ltac:(apply F)). lra.
  - intros Z. apply (nth_poss a (smask v)) in Z; auto. congruence.
Qed.
Lemma put_zero m L v : In v V -> length L = m -> (cnt (smask v) < m)%nat -> exists t, In t (put [] L (vr v)) /\ snd t = 0.
Proof.
  intros I Lm C. destruct (Exists_dec (fun t : slot => snd t = 0) (put [] L (vr v))) as [E|E].
  - intros t. apply Req_EM_T.
  - apply Exists_exists in E. destruct E as (t & A & B). eauto.
  - exfalso. assert (Fl : filter nzb (put [] L (vr v)) = put [] L (vr v)).
    { clear -E. induction (put [] L (vr v)) as [|t T IH]; simpl; auto. unfold nzb at 1. destruct (Req_EM_T (snd t) 0); [exfalso; apply E; auto|]. rewrite IH; auto. }
    pose proof (put_nodup (vr v) L []) as ND. assert (In2 : incl (map fst (filter nzb (put [] L (vr v)))) (supp (smask v))).
    { intros a Ha. apply in_map_iff in Ha. destruct Ha as ([x c] & Ex & Hx). simpl in Ex; subst. apply put_nz in Hx. simpl in Hx. apply supp_In, nz_iff; auto.
      destruct Hx as (_ & _ & -> & Hx); auto. }
    pose proof (NoDup_incl_length ND In2) as Q. rewrite Fl, put_fst, supp_len in Q. lia.
Qed.
Theorem placements m L L' v : In v V -> holds L v -> holds L' v -> length L = m -> length L' = m -> (cnt (smask v) < m)%nat ->
  sconn m (put [] L (vr v)) (put [] L' (vr v)).
Proof.
  intros I A A' B B' C. pose proof (put_Slots m L v I A B) as S. pose proof (put_Slots m L' v I A' B') as S'.
  eapply rst_trans; [apply rst_step, zz_move; auto|]. eapply rst_trans; [|apply rst_sym, rst_step, zz_move; auto].
  assert (PN : Permutation (filter nzb (put [] L (vr v))) (filter nzb (put [] L' (vr v)))).
  { apply NoDup_Permutation; try (eapply NoDup_map_inv, put_nodup). intros [x c]. rewrite !put_nz. simpl.
    split; intros (_ & _ & E & F); repeat split; auto; [apply A'|apply A]; congruence. }
  destruct (put_zero m L v I B C) as (t & It & Zt).
  apply (perm_conn m _ _ (zz t)).
  - rewrite !zz_perm. rewrite (Permutation_length PN). destruct S as (-> & _), S' as (-> & _). apply Permutation_app_tail; auto.
  - apply in_map; auto.
  - unfold zz. destruct Req_EM_T; simpl; auto.
  - apply (zz_move m _ S).
Qed.

(** ** Chains of vertices *)
Definition pad (m : nat) (l : list nat) := l ++ repeat O (m - length l).
Lemma pad_len m l : (length l <= m)%nat -> length (pad m l) = m.
Proof. clear. intros. unfold pad. rewrite app_length, repeat_length. lia. Qed.
Lemma holds_pad m v : In v V -> holds (pad m (supp (smask v))) v.
Proof. intros I a E. apply in_or_app. left. apply supp_In, nz_iff; auto. Qed.
Lemma union_cnt : forall s t, cnt (union s t) = ucnt s t.
Proof. induction s; intros [|y t]; simpl; auto. Qed.
Lemma union_nth : forall s t a, length s = length t -> nth a (union s t) false = nth a s false || nth a t false.
Proof. induction s as [|x s IH]; intros [|y t] [|a] E; simpl in *; try discriminate; auto. Qed.
Lemma F2_len {A B} (Q : A -> B -> Prop) l l' : Forall2 Q l l' -> length l = length l'.
Proof. induction 1; simpl; auto. Qed.
Lemma mlen v : In v V -> length (smask v) = N.
Proof. intros I. destruct (ok_v _ _ _ H v I) as (_ & P & _). rewrite <- (vlen v I). eapply F2_len; eauto. Qed.
Definition vadj m (v w : vert) := In v V /\ In w V /\ (ucnt (smask v) (smask w) <= m)%nat.
Definition vconn m := clos_refl_sym_trans vert (vadj m).
Lemma adj_join m v w L L' : vadj m v w -> (cnt (smask v) < m)%nat -> (cnt (smask w) < m)%nat -> holds L v -> holds L' w -> length L = m -> length L' = m ->
  sconn m (put [] L (vr v)) (put [] L' (vr w)).
Proof.
  intros (I & J & U) A B C D E F. set (L0 := pad m (supp (union (smask v) (smask w)))).
  assert (LL : length L0 = m) by (apply pad_len; rewrite supp_len, union_cnt; auto).
  assert (H0 : holds L0 v /\ holds L0 w).
  { split; intros a Ha; apply in_or_app; left; apply supp_In; rewrite union_nth by (rewrite !mlen; auto); apply orb_true_iff; [left|right]; apply nz_iff; auto. }
  destruct H0 as [Hv Hw]. eapply rst_trans; [apply (placements m L L0); auto|]. eapply rst_trans; [|apply (placements m L0 L'); auto].
  apply rst_step. split. apply put_Slots; auto. split. apply put_Slots; auto. apply put_compat.
Qed.
Lemma incl_of_ucnt : forall s t, length s = length t -> (ucnt s t <= cnt s)%nat -> inside t s = true.
Proof.
  assert (Q : forall s t, length s = length t -> (cnt s <= ucnt s t)%nat). { induction s; intros [|y t] E; simpl in *; try discriminate; auto. specialize (IHs t ltac:(lia)). destruct a, y; simpl; lia. }
  induction s as [|x s IH]; intros [|y t] E K; simpl in *; try discriminate; auto. specialize (Q s t ltac:(lia)).
  rewrite IH; try lia; destruct x, y; simpl in *; auto; lia.
Qed.
Lemma adj_full m v w : vadj m v w -> (m <= cnt (smask v))%nat -> v = w.
Proof.
  intros (I & J & U) A. assert (K : inside (smask w) (smask v) = true) by (apply incl_of_ucnt; [rewrite !mlen; auto|lia]).
  assert (E : smask v = smask w).
  { destruct (pairs_In _ _ (smask v) (smask w) (ok_anti _ _ _ H)) as [E|[E|E]]; auto; try (apply in_map; auto); rewrite K in E; simpl in E; rewrite ?andb_false_r in E; discriminate. }
  assert (F : vr v = vr w). { apply (mask_inj cols b V H); auto. } destruct v, w; unfold smask, vr in *; simpl in *; congruence.
Qed.
Lemma vadj_sym m v w : vadj m v w -> vadj m w v.
Proof. intros (A & B & C). repeat split; auto. rewrite ucnt_sym; auto. Qed.
Theorem chain_join m v w : vconn m v w -> v = w \/ ((In v V /\ In w V) /\ ((cnt (smask v) < m)%nat /\ (cnt (smask w) < m)%nat) /\
   forall L L', holds L v -> holds L' w -> length L = m -> length L' = m -> sconn m (put [] L (vr v)) (put [] L' (vr w))).
Proof.
  induction 1 as [v w A|v|v w _ IH|v u w _ IH1 _ IH2]; auto.
  - destruct (Nat.lt_ge_cases (cnt (smask v)) m) as [C|C]; [|left; apply (adj_full m); auto].
    destruct (Nat.lt_ge_cases (cnt (smask w)) m) as [D|D]; [|left; symmetry; apply (adj_full m); auto; apply vadj_sym; auto].
    right. split; [split; apply A|]. split; [auto|]. intros. apply (adj_join m v w L L'); auto.
  - destruct IH as [->|((A & B) & (C & D) & E)]; auto. right. split; [auto|]. split; [auto|]. intros. apply rst_sym, E; auto.
  - destruct IH1 as [->|((A & B) & (C & D) & E)]; auto. destruct IH2 as [->|((A' & B') & (C' & D') & E')]; [right; split; [auto|split; [auto|exact E]]|].
    right. split; [auto|]. split; [auto|]. intros. assert (pl : length (pad m (supp (smask u))) = m) by (apply pad_len; rewrite supp_len; lia).
    eapply rst_trans; [apply (E L (pad m (supp (smask u))))|apply E']; auto; apply holds_pad; auto.
Qed.
Lemma seg_vadj m c d v w : seg cols b m c d -> In v V -> In w V -> poss (smask v) c -> poss (smask w) d -> vadj m v w.
Proof.
  intros (Fc & Fd & K) I J A B. repeat split; auto. assert (Len : length c = length d) by (destruct Fc, Fd; congruence).
  destruct (K (1/2) ltac:(lra)) as [_ Q]. eapply Nat.le_trans; [|apply Q]. apply ucnt_nnz. apply poss_mid_l; auto. apply Fd. apply poss_mid_r; auto. apply Fc.
Qed.
Theorem conn_vconn m c d : conn cols b m c d -> inPm cols b m c -> inPm cols b m d /\
  forall v w, In v V -> In w V -> poss (smask v) c -> poss (smask w) d -> vconn m v w.
Proof.
  intros K. apply clos_rst_rst1n in K. induction K as [c|c d e S K IH]; intros (F & Q).
  - split; [split; auto|]. intros v w I J A B. apply rst_step. repeat split; auto. eapply Nat.le_trans; [apply (ucnt_nnz _ _ c)|]; auto.
  - assert (S' : seg cols b m c d). { destruct S; auto. apply seg_sym; auto. } assert (Pd : inPm cols b m d).
    { destruct S' as (Fc & Fd & K1). split; auto. destruct (K1 1 ltac:(lra)) as [_ M]. replace (lerp 1 c d) with d in M; auto.
      assert (Len : length c = length d) by (destruct Fc, Fd; congruence). clear -Len. revert d Len. induction c; intros [|y d] L; simpl in *; try discriminate; auto. f_equal. ring. apply IHc; lia. }
    destruct (IH Pd) as [Pe IH']. split; auto. intros v w I J A B. destruct (ok_cover _ _ _ H d ltac:(apply Pd)) as (u & Iu & Pu).
    eapply rst_trans; [apply rst_step, (seg_vadj m c d v u); auto|]. apply IH'; auto.
Qed.

(** ** Isolated points *)
Lemma F2_length_perm m v T : In v V -> cnt (smask v) = m -> Slots m T -> merge T = vr v -> Permutation (supp (smask v)) (map fst T) /\ T = put [] (map fst T) (vr v).
Proof.
  intros I C (A & B & F) E. assert (Inc : incl (supp (smask v)) (map fst T)).
  { intros a Ha. apply supp_In in Ha. apply mass_pos; auto. rewrite <- (nth_merge atoms). rewrite E. apply nz_iff; auto.
    destruct (Nat.lt_ge_cases a (length (smask v))) as [K|K]; [rewrite mlen in K; auto|rewrite nth_overflow in Ha; auto; discriminate]. }
  assert (P : Permutation (supp (smask v)) (map fst T)). { apply NoDup_Permutation_bis; auto. apply supp_nodup. rewrite map_length, supp_len, C. unfold slot in *. rewrite A. auto. }
  split; auto. assert (ND : NoDup (map fst T)) by (eapply Permutation_NoDup; eauto; apply supp_nodup).
  assert (M : forall t, In t T -> snd t = nth (fst t) (vr v) 0).
  { intros t It. assert (Ia : In (fst t) (supp (smask v))). { eapply Permutation_in; [symmetry; eauto|]. apply in_map; auto. }
    assert (La : (fst t < length atoms)%nat). { apply supp_In in Ia. destruct (Nat.lt_ge_cases (fst t) (length (smask v))) as [K|K]; [rewrite mlen in K; auto|rewrite nth_overflow in Ia; auto; discriminate]. }
    rewrite <- E, nth_merge by auto. clear -It ND. induction T as [|u T IH]; simpl in *; [tauto|]. inversion ND; subst. destruct It as [->|It].
    - rewrite Nat.eqb_refl. assert (Z : mass (fst t) T = 0). { clear -H1. induction T as [|w T IH]; simpl in *; auto. destruct (Nat.eqb_spec (fst w) (fst t)); [exfalso; auto|]. rewrite IH; [lra|tauto]. } rewrite Z; lra.
    - destruct (Nat.eqb_spec (fst u) (fst t)) as [X|X]; [exfalso; apply H1; rewrite X; apply in_map; auto|]. rewrite <- IH; auto. lra. }
  clear -ND M. assert (G : forall used, (forall a, In a (map fst T) -> ~ In a used) -> T = put used (map fst T) (vr v)); [|apply G; auto].
  induction T as [|[a c] T IH]; intros used K; simpl in *; auto. inversion ND; subst. destruct in_dec as [J|J]; [exfalso; eapply K; eauto|].
  f_equal. f_equal. apply (M (a, c)); auto. apply IH; auto. intros a' Ha' [->|Q]; auto. eapply K; eauto.
Qed.
Lemma isolated1 m v T T' : In v V -> cnt (smask v) = m -> merge T = vr v -> smove m T T' -> T' = T.
Proof.
  intros I C E (S & S' & K). destruct (F2_length_perm m v T I C S E) as [P Q].
  assert (ND : NoDup (map fst T)) by (eapply Permutation_NoDup; eauto; apply supp_nodup).
  assert (NZ : forall t, In t T -> snd t <> 0).
  { intros t It. rewrite Q in It. assert (Z : In (fst t) (supp (smask v))). { eapply Permutation_in; [symmetry; eauto|]. rewrite <- (put_fst (vr v) (map fst T) []). apply in_map; auto. }
    destruct (Exists_dec (fun t : slot => snd t = 0) T) as [Ex|Ex]; [intros; apply Req_EM_T| |intros Z0; apply Ex, Exists_exists; exists t; split; auto; rewrite Q; auto].
    apply Exists_exists in Ex. destruct Ex as (u & Iu & Zu). exfalso. assert (Y : In (fst u) (supp (smask v))) by (eapply Permutation_in; [symmetry; eauto|]; apply in_map; auto).
    apply supp_In, nz_iff in Y; auto. apply Y. rewrite <- E, nth_merge.
    - clear -Iu ND Zu. induction T as [|w T IH]; simpl in *; [tauto|]. inversion ND; subst. destruct Iu as [->|Iu].
      + rewrite Nat.eqb_refl, Zu. clear -H1. assert (mass (fst u) T = 0); [|lra]. induction T as [|w T IH]; simpl in *; auto. destruct (Nat.eqb_spec (fst w) (fst u)); [exfalso; auto|]. rewrite IH; [lra|tauto].
      + destruct (Nat.eqb_spec (fst w) (fst u)) as [X|X]; [exfalso; apply H1; rewrite X; apply in_map; auto|]. rewrite IH; auto; lra.
    - destruct (Nat.lt_ge_cases (fst u) (length (vr v))) as [W|W]; [rewrite vlen in W; auto|rewrite nth_overflow in Y; tauto]. }
  (* T' has its support inside v *)
  assert (L : forall t t', In (t, t') (combine T T') -> fst t = fst t' \/ snd t' = 0).
  { clear -K NZ. induction K as [|t t' T T' C K IH]; simpl; [tauto|]. intros u u' [E|E]; [injection E; intros; subst|apply IH; auto; intros; apply NZ; simpl; auto].
    destruct C as [C|[C|C]]; auto. exfalso. apply (NZ u); simpl; auto. }
  assert (SV : supin (merge T') (smask v)).
  { assert (G : forall a, nth a (merge T') 0 <> 0 -> nth a (smask v) false = true).
    { intros a Ha. assert (La : (a < length atoms)%nat). { destruct (Nat.lt_ge_cases a (length (merge T'))) as [W|W]; [rewrite merge_len in W; auto|rewrite nth_overflow in Ha; tauto]. }
      rewrite nth_merge in Ha by auto. apply supp_In. eapply Permutation_in; [symmetry; eauto|].
      destruct S as (_ & _ & _). clear -Ha L K. induction K as [|t t' T T' C K IH]; simpl in *; [lra|]. destruct (Nat.eqb_spec (fst t') a) as [X|X].
      - destruct (L t t' ltac:(auto)) as [Y|Y]; [left; congruence|right; apply IH; [auto|intros Z; apply Ha; lra]].
      - right. apply IH; [auto|intros Z; apply Ha; lra]. }
    assert (Ln : length (merge T') = length (smask v)) by (rewrite merge_len, mlen; auto). revert G Ln. clear. generalize (smask v), (merge T').
    induction l as [|x s IH]; intros [|y c] G Ln; simpl in *; try discriminate; constructor. intros; apply (G O); auto. apply IH; auto. intros a; apply (G (S a)). }
  assert (E' : merge T' = vr v) by (apply (unique_in_face cols b V H); auto; apply S').
  destruct (F2_length_perm m v T' I C S' E') as [P' Q'].
  assert (Lab : map fst T' = map fst T).
  { assert (NZ' : forall t, In t T' -> snd t <> 0).
    { intros t It. assert (Y : In (fst t) (supp (smask v))) by (eapply Permutation_in; [symmetry; eauto|]; apply in_map; auto). apply supp_In, nz_iff in Y; auto.
      intros Z0. assert (ND' : NoDup (map fst T')) by (eapply Permutation_NoDup; eauto; apply supp_nodup). rewrite Q' in It.
      assert (R0 : snd t = nth (fst t) (vr v) 0). { clear -It ND'. assert (G : forall L used, NoDup L -> (forall a, In a L -> ~ In a used) -> In t (put used L (vr v)) -> snd t = nth (fst t) (vr v) 0).
        { induction L as [|a L IH]; simpl; [tauto|]. intros used N1 N2. inversion N1; subst. destruct in_dec as [J|J]; [exfalso; apply (N2 a); auto|]. intros [<-|Q]; auto.
          eapply IH; [auto| |eauto]. intros a' Ha' [->|W]; [tauto|apply (N2 a'); auto]. } apply (G (map fst T') [] ND'); auto. }
      congruence. }
    clear -K L NZ'. induction K as [|t t' T T' C K IH]; simpl; auto. f_equal; [|apply IH; [intros; apply L; simpl; auto|intros; apply NZ'; simpl; auto]].
    destruct (L t t' ltac:(simpl; auto)) as [Y|Y]; auto. exfalso. apply (NZ' t'); simpl; auto. }
  rewrite Q, Q', Lab. auto.
Qed.
Theorem isolated m v T T' : In v V -> cnt (smask v) = m -> merge T = vr v -> sconn m T T' -> T' = T.
Proof.
  intros I C E K. apply clos_rst_rst1n in K. induction K as [T|T U W S K IH]; auto.
  assert (U = T). { destruct S as [S|S]; [|apply smove_sym in S]; eapply isolated1; eauto. } subst. apply IH; auto.
Qed.
Lemma cover_full m T v : Slots m T -> In v V -> poss (smask v) (merge T) -> (m <= cnt (smask v))%nat -> cnt (smask v) = m /\ merge T = vr v.
Proof.
  intros S I A C. assert (Q : (nnz (merge T) <= m)%nat). { destruct S as (<- & _). apply nnz_merge. }
  pose proof (poss_nnz _ _ A) as C2. split; [lia|]. apply (unique_in_face cols b V H); auto. apply S.
  assert (G : forall s c, poss s c -> (nnz c <= cnt s)%nat -> supin c s).
  { clear. induction s as [|x s IH]; intros c P L; inversion P as [|x0 y s0 c' P1 P2]; subst; constructor; cbn [nnz cnt] in L; pose proof (poss_nnz _ _ P2).
    - intros Y. destruct x; auto. destruct (Req_EM_T y 0); [tauto|lia].
    - apply IH; auto. destruct x, (Req_EM_T y 0); try lia. specialize (P1 eq_refl). lra. }
  apply G; auto. lia.
Qed.
(** ** and all else is joined with everything over its component of P_m *)
Theorem join m T T' : Slots m T -> Slots m T' -> conn cols b m (merge T) (merge T') ->
  (forall v, In v V -> cnt (smask v) = m -> merge T <> vr v) -> sconn m T T'.
Proof.
  intros S S' K NI. assert (F : feas cols b (merge T)) by apply S. assert (F' : feas cols b (merge T')) by apply S'.
  destruct (ok_cover _ _ _ H _ F) as (v & I & A). destruct (ok_cover _ _ _ H _ F') as (w & J & B).
  assert (Q : (nnz (merge T) <= m)%nat). { destruct S as (<- & _). apply nnz_merge. }
  destruct (conn_vconn m _ _ K) as [_ VC]. split; auto. specialize (VC v w I J A B).
  destruct (to_vertex m T v S I A) as [Hh M]. destruct (to_vertex m T' w S' J B) as [Hh' M'].
  eapply rst_trans; [apply rst_step, M|]. eapply rst_trans; [|apply rst_sym, rst_step, M'].
  assert (Lm : length (map fst T) = m) by (rewrite map_length; apply S). assert (Lm' : length (map fst T') = m) by (rewrite map_length; apply S').
  apply chain_join in VC. destruct VC as [->|(_ & _ & VC)]; [|apply VC; auto].
  destruct (Nat.lt_ge_cases (cnt (smask w)) m) as [C|C]; [apply placements; auto|].
  exfalso. destruct (cover_full m T w S J A C). apply (NI w); auto.
Qed.
End Stair.
