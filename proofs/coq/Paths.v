(* Two optimal networks are joined by moves iff a path of optimal networks in R^{m(d+1)} joins them. *)
From Coq Require Import List Bool Arith Reals Lra Lia Relations Permutation.
From Cert Require Import Statement Polytope Networks Slots Theta.
Import ListNotations.
Open Scope R_scope.

(** * Continuity on [0,1] *)
Lemma continuous_pt f : (forall s, 0 <= s <= 1 -> continuity_pt f s) -> continuous f.
Proof.
  intros H s Hs e He. destruct (H s Hs e He) as (d & Hd & K). exists d. split; auto. intros t _ L. destruct (Req_dec t s) as [->|N].
  - unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. auto.
  - apply (K t). split; auto. split; [exact I|auto].
Qed.
Lemma continuous_const k : continuous (fun _ => k).
Proof. intros s _ e He. exists 1. split; [lra|]. intros. unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. auto. Qed.
Lemma continuous_ext f g : (forall t, f t = g t) -> continuous f -> continuous g.
Proof. intros E H s Hs e He. destruct (H s Hs e He) as (d & Hd & K). exists d. split; auto. intros t Ht L. rewrite <- !E. auto. Qed.
(** one after the other *)
Definition glued {A} (f g : R -> A) (t : R) : A := if Rle_dec t (1 / 2) then f (2 * t) else g (2 * t - 1).
Lemma continuous_glued f g : continuous f -> continuous g -> f 1 = g 0 -> continuous (glued f g).
Proof.
  intros Hf Hg E s Hs e He. destruct (Rtotal_order s (1 / 2)) as [L|[L|L]].
  - destruct (Hf (2 * s) ltac:(lra) e He) as (d & Hd & K). exists (Rmin (1 / 2 - s) (d / 2)). split; [apply Rmin_glb_lt; lra|]. intros t Ht D.
    pose proof (Rmin_l (1 / 2 - s) (d / 2)). pose proof (Rmin_r (1 / 2 - s) (d / 2)). pose proof (Rle_abs (t - s)). unfold glued.
    destruct (Rle_dec t (1 / 2)); [|lra]. destruct (Rle_dec s (1 / 2)); [|lra]. apply K; [lra|]. replace (2 * t - 2 * s) with (2 * (t - s)) by ring. rewrite Rabs_mult, (Rabs_right 2) by lra. lra.
  - destruct (Hf 1 ltac:(lra) e He) as (d & Hd & K). destruct (Hg 0 ltac:(lra) e He) as (d' & Hd' & K'). exists (Rmin (d / 2) (d' / 2)). split; [apply Rmin_glb_lt; lra|]. intros t Ht D.
    pose proof (Rmin_l (d / 2) (d' / 2)). pose proof (Rmin_r (d / 2) (d' / 2)). unfold glued. destruct (Rle_dec s (1 / 2)); [|lra]. replace (2 * s) with 1 by lra.
    destruct (Rle_dec t (1 / 2)); [apply K|rewrite E; apply K']; try lra; [replace (2 * t - 1) with (2 * (t - s)) by lra|replace (2 * t - 1 - 0) with (2 * (t - s)) by lra]; rewrite Rabs_mult, (Rabs_right 2) by lra; lra.
  - destruct (Hg (2 * s - 1) ltac:(lra) e He) as (d & Hd & K). exists (Rmin (s - 1 / 2) (d / 2)). split; [apply Rmin_glb_lt; lra|]. intros t Ht D.
    pose proof (Rmin_l (s - 1 / 2) (d / 2)). pose proof (Rmin_r (s - 1 / 2) (d / 2)). pose proof (Rle_abs (- (t - s))). rewrite Rabs_Ropp in *. unfold glued.
    destruct (Rle_dec t (1 / 2)); [lra|]. destruct (Rle_dec s (1 / 2)); [lra|]. apply K; [lra|]. replace (2 * t - 1 - (2 * s - 1)) with (2 * (t - s)) by ring. rewrite Rabs_mult, (Rabs_right 2) by lra. lra.
Qed.
(** what holds at 0 and spreads, holds at 1 *)
Lemma spreads (Q : R -> Prop) : (forall t, 0 <= t <= 1 -> Q t \/ ~ Q t) ->
  (forall s, 0 <= s <= 1 -> exists d, 0 < d /\ forall t, 0 <= t <= 1 -> Rabs (t - s) < d -> (Q s <-> Q t)) -> Q 0 -> Q 1.
Proof.
  intros Dec Loc Q0. set (E := fun t => 0 <= t <= 1 /\ forall u, 0 <= u <= t -> Q u).
  assert (E0 : E 0) by (split; [lra|]; intros u Hu; replace u with 0 by lra; auto).
  destruct (completeness E) as (s & Ub & Least); [exists 1; intros t [Ht _]; lra|exists 0; auto|].
  assert (Hs : 0 <= s <= 1) by (split; [apply Ub; auto|apply Least; intros t [Ht _]; lra]).
  destruct (Loc s Hs) as (d & Hd & K).
  assert (Below : forall u, 0 <= u < s -> Q u).
  { intros u Hu. destruct (Dec u ltac:(lra)) as [A|A]; auto. exfalso. assert (s <= u); [|lra]. apply Least. intros t [Ht J]. destruct (Rle_lt_dec t u); auto. exfalso. apply A, J. lra. }
  assert (Qs : Q s).
  { destruct (Req_dec s 0) as [->|N]; auto. pose proof (Rmax_l 0 (s - d / 2)). pose proof (Rmax_r 0 (s - d / 2)). set (u := Rmax 0 (s - d / 2)) in *.
    assert (u < s) by (unfold u; apply Rmax_lub_lt; lra). apply (K u); [lra| |apply Below; lra]. rewrite Rabs_left; lra. }
  destruct (Rle_lt_dec 1 s) as [L|L]; [replace 1 with s by lra; auto|]. exfalso.
  pose proof (Rmin_l 1 (s + d / 2)). pose proof (Rmin_r 1 (s + d / 2)). set (u := Rmin 1 (s + d / 2)) in *. assert (s < u) by (unfold u; apply Rmin_glb_lt; lra).
  assert (Eu : E u).
  { split; [lra|]. intros v Hv. destruct (Rlt_le_dec v s); [apply Below; lra|]. apply (K v); auto; [lra|]. rewrite Rabs_right; lra. }
  apply Ub in Eu. lra.
Qed.
(** finitely many coordinates at once *)
Lemma together (f : nat -> R -> R) : (forall i, continuous (f i)) -> forall s, 0 <= s <= 1 -> forall e, 0 < e -> forall k,
  exists d, 0 < d /\ forall t, 0 <= t <= 1 -> Rabs (t - s) < d -> forall i, (i < k)%nat -> Rabs (f i t - f i s) < e.
Proof.
  intros H s Hs e He. induction k as [|k (d & Hd & K)]; [exists 1; split; [lra|intros; lia]|].
  destruct (H k s Hs e He) as (d' & Hd' & K'). exists (Rmin d d'). split; [apply Rmin_glb_lt; auto|]. intros t Ht D i Li.
  pose proof (Rmin_l d d'). pose proof (Rmin_r d d'). destruct (Nat.eq_dec i k) as [->|N]; [apply K'|apply K]; auto; try lra; lia.
Qed.

Section Paths.
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
Variable m : nat.
Hypothesis Hm : exists v, In v V /\ (cnt (smask v) <= m)%nat.
Notation neu := (neu P atoms).
Notation S_ := (Slots atoms F fit).
Notation sconn := (sconn atoms F fit).
Notation smove := (smove atoms F fit).
Lemma FN : length F = length atoms. Proof. apply map_length. Qed.
Let slots th := optimal_slots P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom V Hok m Hm th.
Let moves := move_iff P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m Hm.
Let joins := joined_iff P Hb kap fit off atoms Hom Hlen Hy Hk Hfeas Htight Hatom Hdist V Hok m Hm.

(** ** A move is a path: masses are linear *)
Lemma between T T' t : smove m T T' -> 0 <= t <= 1 -> S_ m (lslots t T T').
Proof.
  intros M Ht. destruct (smove_seg atoms F fit FN m T T' M) as (Fa & Fb & K). destruct M as ((A1 & A2 & A3) & (B1 & B2 & B3) & C).
  split; [rewrite lslots_len; congruence|]. split.
  - clear -A2 B2 C Ht. revert A2 B2. induction C as [|x x' T T' C _ IH]; intros A B; simpl; constructor; inversion A as [|a l [A1 A2] A3]; inversion B as [|b l' [B1 B2] B3]; subst; auto.
    split; simpl.
    + assert (0 <= (1 - t) * snd x) by (apply Rmult_le_pos; lra). assert (0 <= t * snd x') by (apply Rmult_le_pos; lra). lra.
    + destruct (Req_EM_T (snd x) 0) as [E|E]; [|destruct A2; [auto|tauto]]. destruct B2 as [B2|B2]; auto. right. rewrite E, B2. ring.
  - replace (merge atoms (lslots t T T')) with (lerp t (merge atoms T) (merge atoms T')); [apply K; auto|].
    apply nth_ext with 0 0. rewrite lerp_len, !merge_len; auto. rewrite !merge_len; auto.
    intros a Ha. rewrite lerp_len, merge_len in Ha by (rewrite !merge_len; auto). rewrite nth_lerp, !nth_merge by (rewrite ?merge_len; auto). symmetry. apply mass_lslots; auto.
Qed.
Lemma neu_zero_any a a' c c' : c = 0 -> c' = 0 -> neu (a, c) = neu (a', c').
Proof. intros -> ->. rewrite !(neu0 P kap fit off atoms Hlen Hatom). auto. Qed.
Lemma ends T T' : Forall2 compat T T' -> map neu (lslots 0 T T') = map neu T /\ map neu (lslots 1 T T') = map neu T'.
Proof.
  induction 1 as [|[a c] [a' c'] T T' C _ [IH1 IH2]]; auto. cbn [lslots map]. rewrite IH1, IH2. unfold lslot, compat in *. cbn [fst snd] in *.
  replace ((1 - 0) * c + 0 * c') with c by ring. replace ((1 - 1) * c + 1 * c') with c' by ring.
  split; f_equal; destruct (Req_EM_T c 0) as [E|E]; auto.
  - apply neu_zero_any; auto.
  - destruct C as [->|[C|C]]; [auto|tauto|]. apply neu_zero_any; auto.
Qed.
Lemma root_cont c c' : 0 <= c -> 0 <= c' -> continuous (fun t => sqrt (((1 - t) * c + t * c') / beta P)).
Proof.
  intros A B. apply continuous_pt. intros s Hs. apply (continuity_pt_comp (fun t => ((1 - t) * c + t * c') / beta P) sqrt).
  - apply derivable_continuous_pt. exists ((c' - c) / beta P). replace ((c' - c) / beta P) with (((0 - 1) * c + (1 - s) * 0 + (1 * c' + s * 0)) * / beta P + ((1 - s) * c + s * c') * 0) by (field; lra).
    apply (derivable_pt_lim_mult (fun t => (1 - t) * c + t * c') (fun _ => / beta P)); [|apply derivable_pt_lim_const].
    apply (derivable_pt_lim_plus (fun t => (1 - t) * c) (fun t => t * c')).
    + apply (derivable_pt_lim_mult (fun t => 1 - t) (fun _ => c)); [apply (derivable_pt_lim_minus (fun _ => 1) (fun t => t)); [apply derivable_pt_lim_const|apply derivable_pt_lim_id]|apply derivable_pt_lim_const].
    + apply (derivable_pt_lim_mult (fun t => t) (fun _ => c')); [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
  - apply continuity_pt_sqrt. assert (0 <= (1 - s) * c) by (apply Rmult_le_pos; lra). assert (0 <= s * c') by (apply Rmult_le_pos; lra).
    apply Rmult_le_pos; [lra|]. apply Rlt_le, Rinv_0_lt_compat; auto.
Qed.
Lemma scaled_cont k f : continuous f -> continuous (fun t => k * f t).
Proof.
  intros H s Hs e He. destruct (Req_dec k 0) as [->|N].
  - exists 1. split; [lra|]. intros. replace (0 * f t - 0 * f s) with 0 by ring. rewrite Rabs_R0. auto.
  - pose proof (Rabs_pos_lt k N) as Ak. destruct (H s Hs (e / Rabs k)) as (d & Hd & K); [apply Rdiv_lt_0_compat; auto|]. exists d. split; auto. intros t Ht D. specialize (K t Ht D).
    rewrite <- Rmult_minus_distr_l, Rabs_mult. apply Rmult_lt_compat_l with (r := Rabs k) in K; auto. replace (Rabs k * (e / Rabs k)) with e in K by (field; lra). auto.
Qed.
Definition flat1 (n : neuron) : list R := fst n :: snd n.
Lemma flat1_len t : length (flat1 (neu t)) = S (dim P).
Proof. unfold flat1. cbn [length]. f_equal. apply (len_neu P kap fit off atoms Hlen Hatom). Qed.
Lemma flat1_nth a c i : nth i (flat1 (neu (a, c))) 0 = nth i ((fst (at_ P atoms a) * beta P) :: snd (at_ P atoms a)) 0 * sqrt (c / beta P).
Proof.
  unfold flat1, Networks.neu. cbn [fst snd]. destruct i as [|i]; cbn [nth]; [auto|]. rewrite <- (Rmult_0_r (sqrt (c / beta P))) at 1. rewrite map_nth. ring.
Qed.
Lemma flat_nth n th i : nth i (flat (n :: th)) 0 = if (i <? length (flat1 n))%nat then nth i (flat1 n) 0 else nth (i - length (flat1 n)) (flat th) 0.
Proof.
  unfold flat. cbn [flat_map]. fold (flat1 n). destruct (Nat.ltb_spec i (length (flat1 n))); [apply app_nth1; auto|apply app_nth2; auto].
Qed.
Lemma slots_cont : forall T T', Forall (valid atoms) T -> Forall (valid atoms) T' -> forall i, continuous (fun t => nth i (flat (map neu (lslots t T T'))) 0).
Proof.
  induction T as [|[a c] T IH]; intros [|[a' c'] T'] A B i; cbn [lslots map]; try apply continuous_const.
  inversion A as [|x l [A1 _] A2]; inversion B as [|x' l' [B1 _] B2]; subst. cbn [fst snd] in *.
  apply continuous_ext with (f := fun t => if (i <? S (dim P))%nat then nth i (flat1 (neu (lslot t (a, c) (a', c')))) 0 else nth (i - S (dim P)) (flat (map neu (lslots t T T'))) 0).
  { intros t. rewrite flat_nth, flat1_len. auto. }
  destruct (i <? S (dim P))%nat; [|apply IH; auto]. set (l := if Req_EM_T c 0 then a' else a).
  apply continuous_ext with (f := fun t => nth i ((fst (at_ P atoms l) * beta P) :: snd (at_ P atoms l)) 0 * sqrt (((1 - t) * c + t * c') / beta P)).
  { intros t. unfold lslot. cbn [fst snd]. fold l. rewrite flat1_nth. auto. }
  apply scaled_cont, root_cont; auto.
Qed.
Lemma move_path th th' : move P m th th' -> path P m th th'.
Proof.
  intros M. destruct (proj1 (slots th) ltac:(apply M)) as (T & ST & ->). destruct (proj1 (slots th') ltac:(apply M)) as (T' & ST' & ->). apply (moves T T' ST ST') in M.
  destruct (ends T T' ltac:(apply M)) as [E0 E1]. exists (fun t => map neu (lslots t T T')). split; auto. split; auto. split.
  - intros t Ht. apply slots. exists (lslots t T T'). split; auto. apply between; auto.
  - apply slots_cont; [apply ST|apply ST'].
Qed.
Lemma path_refl th : optimal P m th -> path P m th th.
Proof. intros O. exists (fun _ => th). repeat split; auto; try apply O. intros i. apply continuous_const. Qed.
Lemma path_trans th1 th2 th3 : path P m th1 th2 -> path P m th2 th3 -> path P m th1 th3.
Proof.
  intros (f & F0 & F1 & FO & FC) (g & G0 & G1 & GO & GC). exists (glued f g). split; [|split; [|split]].
  - unfold glued. destruct (Rle_dec 0 (1 / 2)); [|lra]. rewrite Rmult_0_r. auto.
  - unfold glued. destruct (Rle_dec 1 (1 / 2)); [lra|]. replace (2 * 1 - 1) with 1 by lra. auto.
  - intros t Ht. unfold glued. destruct (Rle_dec t (1 / 2)); [apply FO|apply GO]; lra.
  - intros i. apply continuous_ext with (f := glued (fun t => nth i (flat (f t)) 0) (fun t => nth i (flat (g t)) 0)).
    + intros t. unfold glued. destruct (Rle_dec t (1 / 2)); auto.
    + apply continuous_glued; auto. rewrite F1, G0. auto.
Qed.
Lemma move_sym th th' : move P m th th' -> move P m th' th.
Proof. intros (A & B & C). split; auto. split; auto. clear -C. induction C; constructor; auto. apply ray_sym; auto. Qed.

(** ** Near an optimal network every optimal network is one move away *)
Lemma other_entry : forall g g' : list R, length g = length g' -> g <> g' -> exists i, nth i g 0 <> nth i g' 0.
Proof.
  induction g as [|x g IH]; intros [|z g'] L N; simpl in L; try discriminate; [congruence|].
  destruct (Req_dec x z) as [->|E]; [|exists O; auto]. destruct (IH g' ltac:(lia)) as (i & Hi); [congruence|]. exists (S i); auto.
Qed.
Definition near (d : R) (n n' : neuron) := forall i, Rabs (nth i (flat1 n') 0 - nth i (flat1 n) 0) < d.
Lemma far a a' c : (a < length atoms)%nat -> (a' < length atoms)%nat -> a' <> a -> 0 < c ->
  exists d, 0 < d /\ forall c', 0 <= c' -> near d (neu (a, c)) (neu (a', c')) -> False.
Proof.
  intros La La' N Hc. assert (I : In (at_ P atoms a) atoms) by (apply nth_In; auto). assert (I' : In (at_ P atoms a') atoms) by (apply nth_In; auto).
  assert (Ne : at_ P atoms a <> at_ P atoms a').
  { unfold at_. intros E. apply N. symmetry. apply (proj1 (NoDup_nth atoms (0, repeat 0 (dim P))) Hdist); auto. }
  destruct (at_ P atoms a) as [s g] eqn:A. destruct (at_ P atoms a') as [s' g'] eqn:A'.
  destruct (Hatom _ _ I) as (Hs & Lg & _). destruct (Hatom _ _ I') as (Hs' & Lg' & _).
  set (r := sqrt (c / beta P)). assert (Hr : 0 < r) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; lra). assert (Hbr : 0 < beta P * r) by (apply Rmult_lt_0_compat; auto).
  destruct (Req_dec s s') as [->|Es].
  - destruct (other_entry g g') as (i & Hi); [congruence|congruence|]. set (mu := Rabs (nth i g 0 - nth i g' 0)). assert (Hmu : 0 < mu) by (apply Rabs_pos_lt; lra).
    set (q := Rabs (nth i g 0) / beta P + 1). assert (Hq : 0 < q). { pose proof (Rabs_pos (nth i g 0)). assert (0 <= Rabs (nth i g 0) / beta P) by (apply Rmult_le_pos; auto; apply Rlt_le, Rinv_0_lt_compat; auto). unfold q; lra. }
    assert (Hrm : 0 < r * mu) by (apply Rmult_lt_0_compat; auto).
    exists (Rmin (beta P * r / 2) (r * mu / 2 / q)). assert (0 < r * mu / 2 / q) by (apply Rdiv_lt_0_compat; lra). split; [apply Rmin_glb_lt; lra|]. intros c' Hc' Nr.
    pose proof (Rmin_l (beta P * r / 2) (r * mu / 2 / q)) as M1. pose proof (Rmin_r (beta P * r / 2) (r * mu / 2 / q)) as M2. set (d := Rmin (beta P * r / 2) (r * mu / 2 / q)) in *.
    pose proof (Nr O) as N0. pose proof (Nr (S i)) as N1. rewrite !flat1_nth, A, A' in N0, N1. cbn [nth fst snd] in N0, N1. fold r in N0, N1. set (r' := sqrt (c' / beta P)) in *.
    assert (B0 : beta P * Rabs (r' - r) < d).
    { replace (s' * beta P * r' - s' * beta P * r) with (s' * (beta P * (r' - r))) in N0 by ring. rewrite Rabs_mult, Rabs_mult, (Rabs_right (beta P)) in N0 by lra.
      assert (As : Rabs s' = 1) by (destruct Hs' as [->| ->]; unfold Rabs; destruct Rcase_abs; lra). rewrite As in N0. lra. }
    assert (B1 : Rabs (r' - r) < d / beta P). { apply Rmult_lt_reg_l with (beta P); auto. replace (beta P * (d / beta P)) with d by (field; lra). auto. }
    assert (B2 : r / 2 < r'). { pose proof (Rle_abs (- (r' - r))) as U. rewrite Rabs_Ropp in U. assert (d / beta P <= r / 2); [|lra]. apply Rmult_le_reg_l with (beta P); auto. replace (beta P * (d / beta P)) with d by (field; lra). lra. }
    assert (B3 : r' * mu < d * q).
    { replace (r' * mu) with (Rabs (r' * (nth i g 0 - nth i g' 0))) by (unfold mu; rewrite Rabs_mult, (Rabs_right r') by lra; auto).
      replace (r' * (nth i g 0 - nth i g' 0)) with ((r' - r) * nth i g 0 + - (nth i g' 0 * r' - nth i g 0 * r)) by ring.
      eapply Rle_lt_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult. assert (Rabs (r' - r) * Rabs (nth i g 0) <= d / beta P * Rabs (nth i g 0)) by (apply Rmult_le_compat_r; [apply Rabs_pos|lra]).
      unfold q. replace (d * (Rabs (nth i g 0) / beta P + 1)) with (d / beta P * Rabs (nth i g 0) + d) by (field; lra). lra. }
    assert (B4 : d * q <= r * mu / 2). { apply Rmult_le_compat_r with (r := q) in M2; [|lra]. replace (r * mu / 2 / q * q) with (r * mu / 2) in M2 by (field; lra). auto. }
    assert (r / 2 * mu < r' * mu) by (apply Rmult_lt_compat_r; auto). lra.
  - exists (beta P * r). split; auto. intros c' Hc' Nr. pose proof (Nr O) as N0. rewrite !flat1_nth, A, A' in N0. cbn [nth fst snd] in N0. fold r in N0. pose proof (sqrt_pos (c' / beta P)) as Hr'. set (r' := sqrt (c' / beta P)) in *.
    assert (0 <= beta P * r') by (apply Rmult_le_pos; lra).
    destruct Hs as [->| ->], Hs' as [->| ->]; try congruence; [replace (-1 * beta P * r' - 1 * beta P * r) with (- (beta P * r' + beta P * r)) in N0 by ring; rewrite Rabs_Ropp in N0|replace (1 * beta P * r' - -1 * beta P * r) with (beta P * r' + beta P * r) in N0 by ring]; rewrite Rabs_right in N0; lra.
Qed.
Lemma near_le d d' n n' : d <= d' -> near d n n' -> near d' n n'.
Proof. intros L N i. specialize (N i). lra. Qed.
Lemma far_all a c : (a < length atoms)%nat -> 0 < c -> forall l, (forall a', In a' l -> (a' < length atoms)%nat) ->
  exists d, 0 < d /\ forall a' c', In a' l -> a' <> a -> 0 <= c' -> near d (neu (a, c)) (neu (a', c')) -> False.
Proof.
  intros La Hc. induction l as [|a' l IH]; intros Hl; [exists 1; split; [lra|intros a' c' []]|].
  destruct IH as (d & Hd & K); [intros; apply Hl; simpl; auto|]. destruct (Nat.eq_dec a' a) as [->|N].
  - exists d. split; auto. intros a2 c2 [<-|J] N2; [congruence|]. apply K; auto.
  - destruct (far a a' c La (Hl a' (or_introl eq_refl)) N Hc) as (d' & Hd' & K'). exists (Rmin d d'). split; [apply Rmin_glb_lt; auto|]. intros a2 c2 [<-|J] N2 H2 Nr.
    + apply (K' c2 H2). eapply near_le; [apply Rmin_r|eauto].
    + apply (K a2 c2 J N2 H2). eapply near_le; [apply Rmin_l|eauto].
Qed.
Lemma near_compat : forall T, Forall (valid atoms) T -> exists d, 0 < d /\ forall T', Forall (valid atoms) T' -> length T' = length T ->
  (forall i, Rabs (nth i (flat (map neu T')) 0 - nth i (flat (map neu T)) 0) < d) -> Forall2 compat T T'.
Proof.
  induction 1 as [|[a c] T [A1 A2] _ IH]; [exists 1; split; [lra|]; intros [|t T'] _ L _; [constructor|discriminate]|].
  destruct IH as (d & Hd & K). cbn [fst snd] in *.
  assert (exists d1, 0 < d1 /\ forall t', valid atoms t' -> near d1 (neu (a, c)) (neu t') -> compat (a, c) t') as (d1 & Hd1 & K1).
  { destruct (Req_dec c 0) as [->|Nc]; [exists 1; split; [lra|]; intros t' _ _; right; left; auto|]. destruct A2 as [A2|A2]; [|tauto].
    destruct (far_all a c A2 ltac:(lra) (seq 0 (length atoms))) as (d1 & Hd1 & K1); [intros a' I; apply in_seq in I; lia|]. exists d1. split; auto. intros [a' c'] [B1 B2] Nr. cbn [fst snd] in *.
    destruct (Nat.eq_dec a' a) as [->|N]; [left; auto|]. destruct (Req_dec c' 0) as [->|Nc']; [right; right; auto|]. destruct B2 as [B2|B2]; [|tauto].
    exfalso. apply (K1 a' c'); auto. apply in_seq. lia. }
  exists (Rmin d d1). split; [apply Rmin_glb_lt; auto|]. intros [|t' T'] B L Nr; [discriminate|]. inversion B as [|x l B1 B2]; subst.
  pose proof (Rmin_l d d1). pose proof (Rmin_r d d1). constructor.
  - apply K1; auto. intros i. destruct (Nat.lt_ge_cases i (S (dim P))) as [Li|Li].
    + specialize (Nr i). cbn [map] in Nr. rewrite !flat_nth, !flat1_len in Nr. apply Nat.ltb_lt in Li. rewrite Li in Nr. lra.
    + rewrite !nth_overflow by (rewrite flat1_len; auto). unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. auto.
  - apply K; auto. intros i. specialize (Nr (S (dim P) + i)%nat). cbn [map] in Nr. rewrite !flat_nth, !flat1_len in Nr.
    destruct (Nat.ltb_spec (S (dim P) + i) (S (dim P))); [lia|]. replace (S (dim P) + i - S (dim P))%nat with i in Nr by lia. lra.
Qed.

(** ** Being joined is decidable *)
Lemma vert_eq (v w : vert) : {v = w} + {v <> w}.
Proof. decide equality; [apply (list_eq_dec Req_EM_T)|apply (list_eq_dec bool_dec)]. Qed.
Lemma slot_eq (t t' : slot) : {t = t'} + {t <> t'}.
Proof. decide equality; [apply Req_EM_T|apply Nat.eq_dec]. Qed.
Notation vconn := (vconn V m).
Notation vadj := (vadj V m).
Lemma reach v : In v V -> forall k S, (length V <= length S + k)%nat -> NoDup S -> incl S V -> (forall x, In x S -> vconn v x) -> In v S ->
  exists S', In v S' /\ (forall x, In x S' -> vconn v x) /\ forall x w, In x S' -> vadj x w -> In w S'.
Proof.
  intros Iv. induction k as [|k IH]; intros S L ND Inc C IS.
  - exists S. split; auto. split; auto. intros x w _ (_ & Iw & _). apply (NoDup_length_incl (l' := V) ND); auto. lia.
  - destruct (Exists_dec (fun w => ~ In w S /\ Exists (fun x => (ucnt (smask x) (smask w) <= m)%nat) S) V) as [Q|Q].
    + intros w. destruct (in_dec vert_eq w S) as [I|I]; [right; tauto|]. destruct (Exists_dec (fun x => (ucnt (smask x) (smask w) <= m)%nat) S) as [E|E]; [intros x; apply le_dec|left; auto|right; tauto].
    + apply Exists_exists in Q. destruct Q as (w & Iw & Nw & E). apply Exists_exists in E. destruct E as (x & Ix & U). apply (IH (w :: S)).
      * simpl. lia.
      * constructor; auto.
      * intros z [<-|I]; auto.
      * intros z [<-|I]; auto. eapply rst_trans; [apply C; eauto|]. apply rst_step. repeat split; auto.
      * simpl; auto.
    + exists S. split; auto. split; auto. intros x w Ix (_ & Iw & U). destruct (in_dec vert_eq w S) as [I|I]; auto. exfalso. apply Q, Exists_exists. exists w. split; auto. split; auto. apply Exists_exists. exists x; auto.
Qed.
Lemma vconn_dec v w : In v V -> vconn v w \/ ~ vconn v w.
Proof.
  intros Iv. destruct (reach v Iv (length V) [v]) as (S & IS & C & Cl); simpl; auto; try lia.
  - constructor; [simpl; tauto|constructor].
  - intros x [<-|[]]; auto.
  - intros x [<-|[]]. apply rst_refl.
  - destruct (in_dec vert_eq w S) as [I|I]; [left; auto|right]. intros K. apply I. apply clos_rst_rst1n in K. clear I C Iv. induction K as [a|a b c R0 K IH]; auto. apply IH. apply (Cl a); auto.
    destruct R0 as [R0|R0]; auto. apply vadj_sym; auto.
Qed.
Lemma vconn_conn v w : vconn v w -> conn F fit m (vr v) (vr w).
Proof.
  induction 1 as [v w (A & B & C)|v|v w _ IH|u v w _ IH1 _ IH2]; [apply rst_step, (seg_verts F fit V Hok); auto|apply rst_refl|apply rst_sym; auto|eapply rst_trans; eauto].
Qed.
Lemma sconn_dec T T' : S_ m T -> S_ m T' -> sconn m T T' \/ ~ sconn m T T'.
Proof.
  intros A B. destruct (Exists_dec (fun u => cnt (smask u) = m /\ merge atoms T = vr u) V) as [Q|Q].
  { intros u. destruct (Nat.eq_dec (cnt (smask u)) m), (list_eq_dec Req_EM_T (merge atoms T) (vr u)); [left|right|right|right]; tauto. }
  - apply Exists_exists in Q. destruct Q as (u & Iu & C & E). destruct (list_eq_dec slot_eq T' T) as [->|N]; [left; apply rst_refl|right]. intros K. apply N. apply (isolated atoms F fit V FN Hok m u T T'); auto.
  - destruct (ok_cover _ _ _ Hok (merge atoms T) ltac:(apply A)) as (v & Iv & Pv). destruct (ok_cover _ _ _ Hok (merge atoms T') ltac:(apply B)) as (w & Iw & Pw).
    assert (ToV : forall U u, S_ m U -> In u V -> poss (smask u) (merge atoms U) -> conn F fit m (merge atoms U) (vr u)).
    { intros U u SU Iu Pu. destruct (to_vertex atoms F fit V FN Hok m U u SU Iu Pu) as [Hh Mv]. apply (smove_seg atoms F fit FN) in Mv. rewrite (put_merge atoms F fit V FN Hok) in Mv by auto. apply rst_step; auto. }
    destruct (vconn_dec v w Iv) as [K|K].
    + left. apply (join atoms F fit V FN Hok); auto.
      * eapply rst_trans; [apply (ToV T v); auto|]. eapply rst_trans; [apply vconn_conn; eauto|]. apply rst_sym, ToV; auto.
      * intros u Iu C E. apply Q, Exists_exists. exists u; auto.
    + right. intros J. apply K. apply (sconn_conn atoms F fit FN) in J. destruct (conn_vconn F fit V Hok m _ _ J) as [_ G]; [|apply G; auto].
      split; [apply A|]. destruct A as (<- & _). apply nnz_merge.
Qed.
Lemma flat_len T : length (flat (map neu T)) = (length T * S (dim P))%nat.
Proof. induction T as [|t T IH]; auto. cbn [map]. unfold flat in *. cbn [flat_map]. rewrite app_length, IH. fold (flat1 (neu t)). rewrite flat1_len. auto. Qed.
Theorem joined_iff_path th th' : optimal P m th -> optimal P m th' -> (joined P m th th' <-> path P m th th').
Proof.
  intros O O'. split.
  - intros J. apply clos_rst_rst1n in J. clear O'. induction J as [th|th1 th2 th3 M _ IH]; [apply path_refl; auto|].
    assert (M' : move P m th1 th2) by (destruct M; [auto|apply move_sym; auto]). apply path_trans with th2; [apply move_path; auto|apply IH, M'].
  - intros (gamma & <- & <- & GO & GC). set (Q := fun t => joined P m (gamma 0) (gamma t)).
    assert (Sl : forall t, 0 <= t <= 1 -> exists T, S_ m T /\ gamma t = map neu T) by (intros t Ht; apply slots, GO; auto). destruct (Sl 0 ltac:(lra)) as (T0 & S0 & E0).
    apply (spreads Q); [| |apply rst_refl].
    + intros t Ht. destruct (Sl t Ht) as (T & ST & E). unfold Q. rewrite E0, E. destruct (sconn_dec T0 T S0 ST) as [K|K]; [left|right; intros J; apply K]; apply joins; auto.
    + intros s Hs. destruct (Sl s Hs) as (T & ST & E). destruct (near_compat T) as (d & Hd & K); [apply ST|].
      destruct (together (fun i t => nth i (flat (gamma t)) 0) GC s Hs d Hd (m * S (dim P))) as (d' & Hd' & K'). exists d'. split; auto. intros t Ht D. destruct (Sl t Ht) as (T' & ST' & E').
      assert (M : move P m (gamma s) (gamma t)).
      { rewrite E, E'. apply moves; auto. split; auto. split; auto. assert (LT : length T' = length T) by (destruct ST as (-> & _), ST' as (-> & _); auto). apply K; auto; [apply ST'|].
        intros i. rewrite <- E, <- E'. destruct (Nat.lt_ge_cases i (m * S (dim P))) as [Li|Li]; [apply (K' t); auto|].
        rewrite !nth_overflow by (rewrite ?E, ?E', flat_len, ?LT; destruct ST as (-> & _); auto). unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. auto. }
      unfold Q. split; intros J; eapply rst_trans; [exact J|apply rst_step; auto|exact J|apply rst_sym, rst_step; auto].
Qed.
End Paths.
