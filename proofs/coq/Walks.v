(* Kind path: every breakpoint is optimal, and the straight way from each to the next stays optimal (T11). *)
From Coq Require Import List ZArith Bool Reals Lra Lia Relations.
From Cert Require Import Statement Polytope Networks Slots Theta Paths Checker Cones Checks Patterns.
Import ListNotations.
Open Scope R_scope.

(** * A move is a path, whatever is known of the optimum: the squares of the scales are linear *)
Definition drawn (t : R) (l : list (neuron * (R * R))) : list neuron :=
  map (fun z => scale (sqrt ((1 - t) * (fst (snd z) * fst (snd z)) + t * (snd (snd z) * snd (snd z)))) (fst z)) l.
Lemma rays l l' : Forall2 ray l l' -> exists L, Forall (fun z => 0 <= fst (snd z) /\ 0 <= snd (snd z)) L /\
  l = map (fun z => scale (fst (snd z)) (fst z)) L /\ l' = map (fun z => scale (snd (snd z)) (fst z)) L.
Proof.
  induction 1 as [|n n' l l' (u & p & q & A & B & -> & ->) _ (L & F & -> & ->)]; [exists []; auto|].
  exists ((u, (p, q)) :: L). simpl. auto.
Qed.
Lemma mixed_root t p q : 0 <= t <= 1 -> sqrt ((1 - t) * (p * p) + t * (q * q)) * sqrt ((1 - t) * (p * p) + t * (q * q)) = (1 - t) * (p * p) + t * (q * q).
Proof.
  intros H. apply sqrt_sqrt. assert (0 <= (1 - t) * (p * p)) by (apply Rmult_le_pos; [lra|apply Rle_0_sqr]). assert (0 <= t * (q * q)) by (apply Rmult_le_pos; [lra|apply Rle_0_sqr]). lra.
Qed.
Lemma out_scale r n x : 0 <= r -> fst (scale r n) * relu (dot x (snd (scale r n))) = r * r * (fst n * relu (dot x (snd n))).
Proof. intros H. unfold scale. cbn [fst snd]. rewrite dot_scal, relu_scal by auto. ring. Qed.
Lemma out_cons n th x : out (n :: th) x = fst n * relu (dot x (snd n)) + out th x.
Proof. destruct n; auto. Qed.
Lemma decay_cons n th : decay (n :: th) = fst n ^ 2 + dot (snd n) (snd n) + decay th.
Proof. destruct n; auto. Qed.
Lemma decay_scale r n : fst (scale r n) ^ 2 + dot (snd (scale r n)) (snd (scale r n)) = r * r * (fst n ^ 2 + dot (snd n) (snd n)).
Proof. unfold scale. cbn [fst snd]. rewrite dot_scal, dot_comm, dot_scal. ring. Qed.
Lemma drawn_linear t L : 0 <= t <= 1 -> Forall (fun z : neuron * (R * R) => 0 <= fst (snd z) /\ 0 <= snd (snd z)) L ->
  (forall x, out (drawn t L) x = (1 - t) * out (map (fun z => scale (fst (snd z)) (fst z)) L) x + t * out (map (fun z => scale (snd (snd z)) (fst z)) L) x) /\
  decay (drawn t L) = (1 - t) * decay (map (fun z => scale (fst (snd z)) (fst z)) L) + t * decay (map (fun z => scale (snd (snd z)) (fst z)) L).
Proof.
  intros Ht. induction 1 as [|[u [p q]] L [A B] _ [IH1 IH2]]; [simpl; split; [intros x|]; ring|]. simpl in A, B. split.
  - intros x. unfold drawn in *. cbn [map]. rewrite !out_cons, IH1, !out_scale by (auto; apply sqrt_pos). cbn [fst snd]. rewrite mixed_root by auto. ring.
  - unfold drawn in *. cbn [map]. rewrite !decay_cons, IH2, !decay_scale. cbn [fst snd]. rewrite mixed_root by auto. ring.
Qed.
Lemma misfit_convex t (f g h : list R -> R) : 0 <= t <= 1 -> (forall x, f x = (1 - t) * g x + t * h x) -> forall Xs om0 y0, Forall (fun o => 0 < o) om0 ->
  misfit om0 y0 (map f Xs) <= (1 - t) * misfit om0 y0 (map g Xs) + t * misfit om0 y0 (map h Xs).
Proof.
  intros Ht E. induction Xs as [|x Xs IH]; intros [|o om0] [|a y0] F; simpl; try lra. inversion F; subst. specialize (IH om0 y0 H2). rewrite E.
  assert (Q : 0 <= (1 - t) * t * ((g x - h x) * (g x - h x))) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra|apply Rle_0_sqr]).
  assert (Q2 : 0 <= o * ((1 - t) * t * ((g x - h x) * (g x - h x)))) by (apply Rmult_le_pos; lra). nra.
Qed.
Lemma affine_root c c' : 0 <= c -> 0 <= c' -> continuous (fun t => sqrt ((1 - t) * c + t * c')).
Proof.
  intros A B. assert (H1 : 0 < 1) by lra. pose proof (root_cont (Problem O [] [] [] 1) H1 c c' A B) as C. cbn [beta] in C.
  eapply continuous_ext; [|exact C]. intros t. cbn beta. f_equal. field.
Qed.
Lemma drawn_ends L : Forall (fun z : neuron * (R * R) => 0 <= fst (snd z) /\ 0 <= snd (snd z)) L ->
  drawn 0 L = map (fun z => scale (fst (snd z)) (fst z)) L /\ drawn 1 L = map (fun z => scale (snd (snd z)) (fst z)) L.
Proof.
  intros F. rewrite Forall_forall in F. unfold drawn. split; apply map_ext_in; intros z I; destruct (F z I) as [A B]; f_equal.
  - replace ((1 - 0) * (fst (snd z) * fst (snd z)) + 0 * (snd (snd z) * snd (snd z))) with (fst (snd z) * fst (snd z)) by ring. apply sqrt_square; auto.
  - replace ((1 - 1) * (fst (snd z) * fst (snd z)) + 1 * (snd (snd z) * snd (snd z))) with (snd (snd z) * snd (snd z)) by ring. apply sqrt_square; auto.
Qed.
Lemma drawn_net P m t L : net P m (map (fun z : neuron * (R * R) => scale (fst (snd z)) (fst z)) L) -> net P m (drawn t L).
Proof.
  intros [Ln Wn]. split; [rewrite <- Ln; unfold drawn; rewrite !map_length; auto|]. apply Forall_forall. intros n I. unfold drawn in I. apply in_map_iff in I. destruct I as (z & <- & I).
  unfold scale. cbn [snd]. rewrite map_length. rewrite Forall_forall in Wn. specialize (Wn (scale (fst (snd z)) (fst z)) ltac:(apply in_map_iff; exists z; auto)). unfold scale in Wn. cbn [snd] in Wn. rewrite map_length in Wn. auto.
Qed.
Lemma drawn_continuous L : Forall (fun z : neuron * (R * R) => 0 <= fst (snd z) /\ 0 <= snd (snd z)) L -> forall i, continuous (fun t => nth i (flat (drawn t L)) 0).
Proof.
  intros F. induction F as [|[[al w] [p q]] L [A B] _ IH]; intros i; [apply continuous_ext with (f := fun _ => 0); [intros t; destruct i; auto|apply continuous_const]|]. simpl in A, B.
  apply continuous_ext with (f := fun t => if (i <? S (length w))%nat then nth i (al :: w) 0 * sqrt ((1 - t) * (p * p) + t * (q * q)) else nth (i - S (length w)) (flat (drawn t L)) 0).
  - intros t. unfold drawn. cbn [map fst snd]. rewrite flat_nth. unfold flat1, scale. cbn [fst snd length]. rewrite map_length. destruct (i <? S (length w))%nat; auto.
    set (r := sqrt _). destruct i as [|i]; cbn [nth]; [ring|]. rewrite <- (Rmult_0_r r) at 2. rewrite map_nth. ring.
  - destruct (i <? S (length w))%nat; [|apply IH]. apply scaled_cont, affine_root; apply Rle_0_sqr.
Qed.
Theorem ray_path P m th th' : Forall (fun o => 0 < o) (om P) -> move P m th th' -> path P m th th'.
Proof.
  intros Hom (O & O' & R0). destruct (rays _ _ R0) as (L & F & E & E'). destruct (drawn_ends L F) as [E0 E1]. exists (fun t => drawn t L). split; [|split; [|split]].
  - congruence.
  - congruence.
  - intros t Ht. destruct (drawn_linear t L Ht F) as [D1 D2]. rewrite <- E, <- E' in D1, D2. split; [apply drawn_net; rewrite <- E; apply O|].
    intros th2 N2. pose proof (proj2 O th2 N2) as G1. pose proof (proj2 O' th2 N2) as G2. pose proof (misfit_convex t _ _ _ Ht D1 (X P) (om P) (y P) Hom) as C.
    unfold obj in *. rewrite D2. assert ((1 - t) * (/ 2 * misfit (om P) (y P) (map (out th) (X P)) + beta P / 2 * decay th) <= (1 - t) * (/ 2 * misfit (om P) (y P) (map (out th2) (X P)) + beta P / 2 * decay th2)) by (apply Rmult_le_compat_l; lra).
    assert (t * (/ 2 * misfit (om P) (y P) (map (out th') (X P)) + beta P / 2 * decay th') <= t * (/ 2 * misfit (om P) (y P) (map (out th2) (X P)) + beta P / 2 * decay th2)) by (apply Rmult_le_compat_l; lra). lra.
  - apply drawn_continuous; auto.
Qed.

(** * Balanced neurons: alpha w = s u, |alpha| = |w| *)
Definition balanced (s : R) (u : list R) : neuron := (s * sqrt (norm u), map (Rmult (/ sqrt (norm u))) u).
Lemma balanced_parallel s u v l : 0 < norm u -> 0 < l -> v = map (Rmult l) u -> ray (balanced s u) (balanced s v).
Proof.
  intros N L ->. assert (E : norm (map (Rmult l) u) = l * norm u).
  { unfold norm. rewrite dot_scal, dot_comm, dot_scal. replace (l * (l * dot u u)) with (l * l * dot u u) by ring. rewrite sqrt_mult_alt by apply Rle_0_sqr. rewrite sqrt_square by lra. auto. }
  assert (S1 : 0 < sqrt (norm u)) by (apply sqrt_lt_R0; auto). assert (S2 : 0 < sqrt l) by (apply sqrt_lt_R0; auto).
  exists (balanced s u), 1, (sqrt l). split; [lra|]. split; [lra|]. split.
  - unfold scale. destruct (balanced s u) as [a w]. cbn [fst snd]. f_equal; [ring|]. rewrite <- (map_id w) at 1. apply map_ext. intros; ring.
  - unfold balanced, scale. cbn [fst snd]. rewrite E, sqrt_mult_alt by lra. f_equal; [ring|]. rewrite !map_map. apply map_ext. intros x.
    replace l with (sqrt l * sqrt l) at 2 by (apply sqrt_sqrt; lra). field. lra.
Qed.

Section Walk.
Variable K : Type.
Variables (k0 k1 : K) (kadd kmul : K -> K -> K) (kopp : K -> K) (ksgn : K -> option comparison).
Variable phi : K -> R.
Hypothesis phi0 : phi k0 = 0.
Hypothesis phi_add : forall x z, phi (kadd x z) = phi x + phi z.
Hypothesis phi_mul : forall x z, phi (kmul x z) = phi x * phi z.
Hypothesis phi_opp : forall x, phi (kopp x) = - phi x.
Hypothesis sgn_ok : forall x, match ksgn x with Some Lt => phi x < 0 | Some Eq => phi x = 0 | Some Gt => 0 < phi x | None => True end.
Notation pv := (map phi).
Notation walk := (walk K).
Notation place_ := (place_ K).
Notation kdot := (kdot K k0 kadd kmul).
Let keq_ok := keq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok.
Let phi_dot := phi_dot K k0 kadd kmul phi phi0 phi_add phi_mul.
(** the network that is meant *)
Definition neuron_of (d : nat) (x : place_) : neuron :=
  match x with Null _ => (0, repeat 0 d) | Balanced _ s u => balanced (if s then 1 else -1) (pv u) | Raw _ w a => (phi a, pv w) end.
Definition walk_problem (C : walk) : problem := prob K phi (k_data K C).
Definition networks (C : walk) : list (list neuron) := map (map (neuron_of (d_dim K (k_data K C)))) (k_nets K C).
Record walk_holds (C : walk) : Prop := {
  W_patterns : number (fun s => exists h, generic (walk_problem C) h /\ pattern (walk_problem C) h = s) (Z.to_nat (k_patterns K C));
  W_dual : forall w, length w = dim (walk_problem C) -> Rabs (pull (walk_problem C) (pv (k_kappa K C)) w) <= beta (walk_problem C) * norm w;
  W_lower : forall m th, net (walk_problem C) m th -> phi (k_value K C) <= obj (walk_problem C) th;
  (** every breakpoint is an optimal network of the width, with the claimed value and fit *)
  W_optimal : networks C <> [] /\ forall th, In th (networks C) -> optimal (walk_problem C) (k_width K C) th /\
    obj (walk_problem C) th = phi (k_value K C) /\ map (out th) (X (walk_problem C)) = pv (k_fit K C);
  (** each is joined to the next by a path of optimal networks *)
  W_path : forall i th th', nth_error (networks C) i = Some th -> nth_error (networks C) (S i) = Some th' ->
    move (walk_problem C) (k_width K C) th th' /\ path (walk_problem C) (k_width K C) th th' }.

Section Data.
Variable D : data K.
Notation P := (prob K phi D).
Theorem feasible_ok count kap circuits tree points mus : feasible K k0 kadd kmul kopp ksgn D count kap circuits tree points mus = true ->
  0 < beta P /\ beta P * beta P = phi (d_b2 K D) /\ Forall (fun o => 0 < o) (om P) /\
  (length (d_y K D) = length (d_X K D) /\ length (d_om K D) = length (d_X K D) /\ length kap = length (d_X K D)) /\
  number (fun s => exists h, generic P h /\ pattern P h = s) (Z.to_nat count) /\
  forall w, length w = dim P -> Rabs (pull P (pv kap) w) <= beta P * norm w.
Proof.
  unfold feasible. destruct (tree_of_topes K k0 kadd kmul ksgn D circuits tree [(rows K ksgn D, [])] points) as [topes|] eqn:Ep; [|rewrite !andb_false_r; discriminate].
  destruct topes as [|t0 ts] eqn:Et; [rewrite !andb_false_r; discriminate|]. rewrite <- Et in *. assert (Hne : topes <> []) by (rewrite Et; discriminate). clear Et.
  rewrite !andb_true_iff. intros [[[[[[[[h1 h2] h3] h4] h5] h6] h7] h8] [h9 h10]]. apply Nat.eqb_eq in h1, h2, h3.
  split; [apply (beta_pos K ksgn phi sgn_ok D h6)|]. split; [apply (beta_sq K ksgn phi sgn_ok D h6)|]. split; [|split; [auto|split]].
  - apply Forall_forall. intros o I. simpl in I. apply in_map_iff in I. destruct I as (x & <- & I). rewrite forallb_forall in h7. apply (is_gt K ksgn phi sgn_ok), h7; auto.
  - apply Z.eqb_eq in h9. rewrite h9. unfold zlen. rewrite Nat2Z.id. apply (patterns_ok K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok D h5 circuits h8 topes _ _ Ep).
  - intros w L. destruct (cones K k0 kadd kmul ksgn phi phi0 phi_add phi_mul sgn_ok D circuits h8 topes _ _ Ep Hne w L) as (a & Ia & Ca & Va).
    destruct (dual_In K k0 kadd kmul kopp ksgn D _ _ _ _ _ h10 a Ia) as (m1 & m2 & d1 & d2).
    destruct (dual1_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D h6 h5 a w Ca Va _ _ _ _ m1 L d1) as [A _].
    destruct (dual1_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D h6 h5 a w Ca Va _ _ _ _ m2 L d2) as [B _]. change (1 * pull P (pv kap) w <= beta P * norm w) in A. change (-1 * pull P (pv kap) w <= beta P * norm w) in B. apply Rabs_le. lra.
Qed.
Variables (kap fit : list K).
Hypothesis Hb : 0 < beta P.
Hypothesis Hbs : beta P * beta P = phi (d_b2 K D).
Lemma nonzero_norm u : nonzero K ksgn u = true -> 0 < norm (pv u).
Proof.
  intros H. unfold nonzero in H. apply existsb_exists in H. destruct H as (t & I & H). apply sqrt_lt_R0.
  assert (Nt : phi t <> 0) by (apply orb_prop in H; destruct H as [H|H]; [apply (is_lt K ksgn phi sgn_ok) in H|apply (is_gt K ksgn phi sgn_ok) in H]; lra).
  pose proof (dot_nonneg (pv u)) as G. destruct (Req_dec (dot (pv u) (pv u)) 0) as [E|E]; [|lra]. exfalso. apply dot0 in E. apply (in_map phi) in I. rewrite E in I. apply repeat_spec in I. auto.
Qed.
Lemma balanced_out s u x : 0 < norm u -> fst (balanced s u) * relu (dot x (snd (balanced s u))) = s * relu (dot x u).
Proof.
  intros N. assert (S1 : 0 < sqrt (norm u)) by (apply sqrt_lt_R0; auto). unfold balanced. cbn [fst snd]. rewrite dot_scal, relu_scal by (apply Rlt_le, Rinv_0_lt_compat; auto). field. lra.
Qed.
Lemma balanced_slack s u : s = 1 \/ s = -1 -> 0 < norm u -> slack1 P (pv kap) (balanced s u) = beta P * norm u - s * pull P (pv kap) u.
Proof.
  intros Hs N. assert (S1 : 0 < sqrt (norm u)) by (apply sqrt_lt_R0; auto). assert (Q : sqrt (norm u) * sqrt (norm u) = norm u) by (apply sqrt_sqrt; lra).
  unfold slack1, balanced. cbn [fst snd]. rewrite pull_scal by (apply Rlt_le, Rinv_0_lt_compat; auto). rewrite dot_scal, dot_comm, dot_scal, <- norm_sq.
  set (q := sqrt (norm u)) in *. rewrite <- Q. destruct Hs; subst s; field; lra.
Qed.
Lemma reaches_ok x : reaches K k0 kadd kmul kopp ksgn D kap x = true ->
  length (snd (neuron_of (d_dim K D) x)) = d_dim K D /\ slack1 P (pv kap) (neuron_of (d_dim K D) x) = 0 /\
  pv (feat_ K k0 kadd kmul kopp ksgn D x) = map (fun r => fst (neuron_of (d_dim K D) x) * relu (dot r (snd (neuron_of (d_dim K D) x)))) (X P).
Proof.
  destruct x as [|s u|w a]; simpl; try discriminate; intros H.
  - split; [apply repeat_length|]. split.
    + unfold slack1. cbn [fst snd]. assert (Z : dot (repeat 0 (d_dim K D)) (repeat 0 (d_dim K D)) = 0) by apply dot_zeros. rewrite Z. ring.
    + rewrite map_map. generalize (d_X K D). induction l as [|r l IH]; simpl; auto. rewrite IH, phi0. f_equal. ring.
  - rewrite !andb_true_iff in H. destruct H as [[[Lu Nz] Kn] [G E]]. apply Nat.eqb_eq in Lu. apply nonzero_norm in Nz. apply (is_gt K ksgn phi sgn_ok) in G. apply keq_ok in E.
    rewrite !phi_mul, !phi_dot in *. assert (FE := feat_ok K k0 kadd kmul kopp ksgn phi phi0 phi_add phi_mul phi_opp sgn_ok D (s, u) Kn). rewrite FE in G, E.
    set (sr := if s then 1 else -1). assert (Hs : sr = 1 \/ sr = -1) by (unfold sr; destruct s; auto).
    assert (PE : dot (pv kap) (feature P (rat K phi (s, u))) = sr * pull P (pv kap) (pv u)) by (unfold feature, rat; cbn [fst snd]; rewrite dot_map_scal; auto).
    rewrite PE in G, E. split; [rewrite !map_length; auto|]. split.
    + fold sr. rewrite balanced_slack by auto. rewrite <- Hbs, <- norm_sq in E. set (z := sr * pull P (pv kap) (pv u)) in *.
      assert (B : 0 < beta P * norm (pv u)) by (apply Rmult_lt_0_compat; auto). assert (z = beta P * norm (pv u)); [|lra]. apply Rsqr_inj; try lra. unfold Rsqr. rewrite E. ring.
    + fold sr. change (feat_ K k0 kadd kmul kopp ksgn D (Balanced K s u)) with (feat K k0 kadd kmul kopp ksgn D (s, u)). rewrite FE. unfold feature, rat. cbn [fst snd]. fold sr. apply map_ext. intros r. symmetry. apply balanced_out; auto.
Qed.
Lemma vadd_map (f g : list R -> R) u v Xs : pv u = map f Xs -> pv v = map g Xs -> pv (vadd K kadd u v) = map (fun x => f x + g x) Xs.
Proof.
  revert u v. induction Xs as [|x Xs IH]; intros [|a u] [|b v] A B; simpl in *; try discriminate; auto. injection A; intros A1 A2. injection B; intros B1 B2. rewrite phi_add, A2, B2. f_equal. auto.
Qed.
Lemma out_ok net_ : forallb (reaches K k0 kadd kmul kopp ksgn D kap) net_ = true ->
  pv (fold_right (vadd K kadd) (repeat k0 (length (d_X K D))) (map (feat_ K k0 kadd kmul kopp ksgn D) net_)) = map (out (map (neuron_of (d_dim K D)) net_)) (X P).
Proof.
  induction net_ as [|x l IH]; intros H; simpl in H.
  - simpl. rewrite map_map. generalize (d_X K D). induction l as [|r l IH]; simpl; auto. rewrite IH, phi0. auto.
  - apply andb_prop in H. destruct H as [H1 H2]. destruct (reaches_ok x H1) as (_ & _ & F). cbn [map fold_right]. rewrite (vadd_map _ _ _ _ _ F (IH H2)). apply map_ext. intros r. rewrite out_cons. auto.
Qed.
Lemma parallel ka kb : phi ka <> 0 -> forall u v, all2 (fun p q => keq K kadd kopp ksgn (kmul q ka) (kmul kb p)) u v = true -> pv v = map (Rmult (phi kb / phi ka)) (pv u).
Proof.
  intros Na. induction u as [|p u IH]; intros [|q v] E; simpl in *; try discriminate; auto. apply andb_prop in E. destruct E as [E1 E2]. apply keq_ok in E1. rewrite !phi_mul in E1. f_equal; auto.
  apply Rmult_eq_reg_r with (phi ka); auto. rewrite E1. field. auto.
Qed.
Lemma along_ray x z : (forall s u, x = Balanced K s u -> nonzero K ksgn u = true) ->
  length (snd (neuron_of (d_dim K D) x)) = d_dim K D -> length (snd (neuron_of (d_dim K D) z)) = d_dim K D ->
  along K k0 kadd kmul kopp ksgn x z = true -> ray (neuron_of (d_dim K D) x) (neuron_of (d_dim K D) z).
Proof.
  assert (Zl : forall n, length (snd n) = d_dim K D -> ray (0, repeat 0 (d_dim K D)) n).
  { intros [a w] L. exists (a, w), 0, 1. split; [lra|]. split; [lra|]. unfold scale. cbn [fst snd] in *. split; [f_equal; [ring|rewrite map0, L; auto]|f_equal; [ring|]]. rewrite <- (map_id w) at 1. apply map_ext. intros; ring. }
  intros Nu Lx Lz A. destruct x as [|s u|]; [apply Zl; auto| |destruct z; try discriminate; apply ray_sym, Zl; auto]. destruct z as [|t v|]; [apply ray_sym, Zl; auto| |discriminate].
  specialize (Nu s u eq_refl). apply nonzero_norm in Nu. unfold along in A. set (i := first_nonzero K ksgn u 0) in *.
  rewrite !andb_true_iff in A. destruct A as [[[St _] C] G]. apply Bool.eqb_prop in St. subst t. apply (is_gt K ksgn phi sgn_ok) in G. rewrite phi_mul in G.
  set (a := phi (nth i u k0)) in *. set (b := phi (nth i v k0)) in *. assert (Na : a <> 0) by (intros E; rewrite E in G; lra).
  assert (La : 0 < b / a). { assert (0 < a * a) by (destruct (Rtotal_order a 0) as [Q|[Q|Q]]; [nra|tauto|nra]). replace (b / a) with (a * b * / (a * a)) by (field; auto). apply Rmult_lt_0_compat; auto. apply Rinv_0_lt_compat; auto. }
  cbn [neuron_of]. apply (balanced_parallel _ _ _ (b / a)); auto. apply parallel; auto.
Qed.
Lemma reaches_nonzero x : reaches K k0 kadd kmul kopp ksgn D kap x = true -> forall s u, x = Balanced K s u -> nonzero K ksgn u = true.
Proof. intros R s u ->. simpl in R. rewrite !andb_true_iff in R. tauto. Qed.
Lemma along_ok x z : reaches K k0 kadd kmul kopp ksgn D kap x = true -> reaches K k0 kadd kmul kopp ksgn D kap z = true -> along K k0 kadd kmul kopp ksgn x z = true ->
  ray (neuron_of (d_dim K D) x) (neuron_of (d_dim K D) z).
Proof. intros Rx Rz. apply along_ray; [apply reaches_nonzero; auto|apply (reaches_ok x Rx)|apply (reaches_ok z Rz)]. Qed.
(** a network whose fit is optimal and whose neurons reach the bound is optimal *)
Lemma at_optimum_ok off m l : let fit' := pv fit in let kap' := pv kap in
  Forall (fun o => 0 < o) (om P) ->
  length (y P) = length (X P) /\ length (om P) = length (X P) /\ length fit' = length (X P) /\ length off = length (X P) /\ length kap' = length (X P) ->
  (forall i, nth i (y P) 0 = nth i fit' 0 + nth i off 0) -> (forall i, nth i kap' 0 = nth i (om P) 0 * nth i off 0) ->
  (forall w, length w = dim P -> Rabs (pull P kap' w) <= beta P * norm w) ->
  length l = m -> at_optimum K k0 kadd kmul kopp ksgn D kap fit l = true ->
  forallb (reaches K k0 kadd kmul kopp ksgn D kap) l = true /\
  optimal P m (map (neuron_of (d_dim K D)) l) /\ obj P (map (neuron_of (d_dim K D)) l) = value kap' fit' off /\ map (out (map (neuron_of (d_dim K D)) l)) (X P) = fit'.
Proof.
  intros fit' kap' Hom Hlen Hy Hk Hfeas Lw h5. unfold at_optimum in h5. apply andb_prop in h5. destruct h5 as [Rs Fe]. split; auto.
  apply (veq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in Fe. rewrite (out_ok l Rs) in Fe. fold fit' in Fe.
  assert (Nt : net P m (map (neuron_of (d_dim K D)) l)).
  { split; [rewrite map_length; auto|]. apply Forall_forall. intros n J. apply in_map_iff in J. destruct J as (x & <- & J). rewrite forallb_forall in Rs. apply (reaches_ok x (Rs x J)). }
  assert (Ob : obj P (map (neuron_of (d_dim K D)) l) = value kap' fit' off).
  { rewrite (obj_eq P kap' fit' off Hlen Hy Hk), Fe. assert (S0 : slack P kap' (map (neuron_of (d_dim K D)) l) = 0).
    { unfold kap'. clear -Rs Hb Hbs phi0 phi_add phi_mul phi_opp sgn_ok keq_ok phi_dot. induction l as [|x l IH]; simpl in *; auto. apply andb_prop in Rs. destruct Rs as [R1 R2]. destruct (reaches_ok x R1) as (_ & E & _). rewrite E, IH; auto. ring. }
    rewrite S0. assert (M0 : misfit (om P) fit' fit' = 0) by (assert (Lq : length fit' = length (om P)) by (destruct Hlen as (_ & A & B & _); congruence); pose proof (misfit_0 P kap' fit' off Hlen (om P) fit' fit' Hom Lq Lq) as Q; apply Q; auto). rewrite M0. ring. }
  split; [|auto]. split; auto. intros th' [_ N']. rewrite Ob. exact (lower P Hb kap' fit' off Hom Hlen Hy Hk Hfeas th' N').
Qed.
End Data.

Theorem walk_correct C : check_walk K k0 kadd kmul kopp ksgn C = true -> walk_holds C.
Proof.
  unfold check_walk. set (D := k_data K C). rewrite !andb_true_iff. intros [[[[[[h1 h2] h3] h4] h5] h6] _].
  destruct (feasible_ok D _ _ _ _ _ _ h1) as (Hb & Hbs & Hom & (L1 & L2 & L3) & Pt & Hfeas). apply Nat.eqb_eq in h2.
  set (P := prob K phi D) in *. set (kap := pv (k_kappa K C)) in *. set (fit := pv (k_fit K C)).
  set (koff := map (fun p => ksub K kadd kopp (fst p) (snd p)) (combine (d_y K D) (k_fit K C))). set (off := pv koff).
  assert (Lf : length (d_y K D) = length (k_fit K C)) by congruence.
  assert (Hlen : length (y P) = length (X P) /\ length (om P) = length (X P) /\ length fit = length (X P) /\ length off = length (X P) /\ length kap = length (X P)).
  { simpl. unfold fit, off, koff, kap. rewrite !map_length, combine_length, Lf, Nat.min_id. repeat split; congruence. }
  unfold optimum in h3. apply andb_prop in h3. destruct h3 as [o1 o2]. fold koff in o1, o2.
  apply (veq_ok K kadd kopp ksgn phi phi_add phi_opp sgn_ok) in o1. apply keq_ok in o2.
  assert (Hy : forall i, nth i (y P) 0 = nth i fit 0 + nth i off 0) by (intros i; apply (sub_nth K kadd kopp phi phi_add phi_opp); auto).
  assert (Hk : forall i, nth i kap 0 = nth i (om P) 0 * nth i off 0).
  { intros i. unfold kap. rewrite <- o1. apply (mul_nth K kmul phi phi_mul). unfold koff. rewrite map_length, combine_length. lia. }
  assert (Hval : phi (k_value K C) = value kap fit off).
  { unfold value. rewrite !phi_add, !phi_dot in o2. fold kap fit off in o2. lra. }
  assert (Low : forall m th, net P m th -> phi (k_value K C) <= obj P th) by (intros m th [_ W]; rewrite Hval; exact (lower P Hb kap fit off Hom Hlen Hy Hk Hfeas th W)).
  assert (Opt : forall l, In l (k_nets K C) -> forallb (reaches K k0 kadd kmul kopp ksgn D (k_kappa K C)) l = true /\
    optimal P (k_width K C) (map (neuron_of (d_dim K D)) l) /\ obj P (map (neuron_of (d_dim K D)) l) = phi (k_value K C) /\ map (out (map (neuron_of (d_dim K D)) l)) (X P) = fit).
  { intros l I. rewrite forallb_forall in h5. specialize (h5 l I). apply andb_prop in h5. destruct h5 as [Lw h5]. apply Nat.eqb_eq in Lw.
    rewrite Hval. apply (at_optimum_ok D (k_kappa K C) (k_fit K C) Hb Hbs off (k_width K C) l Hom Hlen Hy Hk Hfeas Lw h5). }
  constructor; unfold walk_problem; fold D P kap; auto.
  - split.
    + unfold networks. destruct (k_nets K C); [discriminate|simpl; discriminate].
    + intros th I. unfold networks in I. apply in_map_iff in I. destruct I as (l & <- & I). apply Opt; auto.
  - intros i th th' E E'. assert (M : move P (k_width K C) th th'); [|split; auto; apply ray_path; auto].
    unfold networks in E, E'. fold D in E, E'.
    assert (G : forall nets, (forall l, In l nets -> In l (k_nets K C)) -> steps K k0 kadd kmul kopp ksgn nets = true -> forall i, nth_error (map (map (neuron_of (d_dim K D))) nets) i = Some th -> nth_error (map (map (neuron_of (d_dim K D))) nets) (S i) = Some th' -> move P (k_width K C) th th').
    { induction nets as [|l nets IH]; intros Inc S0 j Ej Ej'; [destruct j; discriminate|]. destruct nets as [|l2 nets]; [destruct j as [|[|j]]; discriminate|].
      cbn [steps] in S0. apply andb_prop in S0. destruct S0 as [A1 A2]. destruct j as [|j]; [|apply (IH ltac:(intros; apply Inc; simpl; auto) A2 j); auto].
      cbn [map nth_error] in Ej, Ej'. injection Ej; intros; subst th. injection Ej'; intros; subst th'. destruct (Opt l ltac:(apply Inc; simpl; auto)) as (R1 & O1 & _). destruct (Opt l2 ltac:(apply Inc; simpl; auto)) as (R2 & O2 & _).
      split; auto. split; auto. clear -A1 R1 R2 Hb Hbs phi0 phi_add phi_mul phi_opp sgn_ok keq_ok phi_dot. revert l2 A1 R2. induction l as [|x l IH]; intros [|z l2] A R2; simpl in *; try discriminate; constructor.
      - apply andb_prop in A. apply andb_prop in R1. apply andb_prop in R2. apply (along_ok D (k_kappa K C) Hb Hbs); tauto.
      - apply andb_prop in A. apply andb_prop in R1. apply andb_prop in R2. apply IH; tauto. }
    apply (G (k_nets K C) ltac:(auto) h6 i E E').
Qed.
End Walk.
