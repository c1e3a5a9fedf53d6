/** The documents, of unnamed authors, whose networks the registry has beside the papers' and the field's. */
export const SOURCES = {
  /** Its CNN with self-attention and its small vision transformer. */
  cnnAndVit: 'the notebook "Deep Learning Assignment 3" (29 March 2024)',
  /** Its MyViT, MyNet, CNN7 and what it makes of VGG16. */
  vitAndProfile: 'the report "DLOps Assignment 3: Transformers and Optimization"',
  /** On AlexNet, VGG, ResNet and ViT; it has no title, these are its first words. Its AlexNet, VGG16 and ResNet34. */
  history: 'the article "A stroll down memory lane"',
  /** Its CNN. */
  tuning: 'the report "Assignment 3: Getting into the Flow of Deep Learning"',
} as const;
