/** Names: the field's mean the field's networks, and no network's numbers changed with its name. */
import { describe, expect, it } from "vitest";
import { ALIASES, createModel, modelConfig, registry, type ModelName, type VitConfig } from "../../lib/models/index.js";
import { RENAMED } from "../../lib/models/model-names.js";
import { counts } from "./counts.js";

/** The name before version 0.2, the name now, and at 10 classes: parameters, buffers, as torchsummary counts. */
const ROWS: readonly (readonly [old: string, now: ModelName, params: number, buffers: number, torchsummary: number])[] =
  [
    ["vit_lite_2_4_32", "vit_lite_2_4_32", 214_666, 0, 206_218],
    ["vit_lite_4_4_32", "vit_lite_4_4_32", 413_066, 0, 404_618],
    ["vit_lite_6_4_32", "vit_lite_6_4_32", 3_190_538, 0, 3_173_642],
    ["vit_lite_7_4_32", "vit_lite_7_4_32", 3_716_874, 0, 3_699_978],
    ["cvt_2_4_32", "cvt_2_4_32", 214_539, 0, 206_347],
    ["cvt_4_4_32", "cvt_4_4_32", 412_939, 0, 404_747],
    ["cvt_6_4_32", "cvt_6_4_32", 3_190_283, 0, 3_173_899],
    ["cvt_7_4_32", "cvt_7_4_32", 3_716_619, 0, 3_700_235],
    ["cct_2_3x1_32", "cct_2_3x1_32", 236_299, 0, 203_531],
    ["cct_2_3x2_32", "cct_2_3x2_32", 283_723, 0, 275_531],
    ["cct_2_7x1_32", "cct_2_7x1_32", 227_083, 0, 218_891],
    ["cct_2_7x2_32", "cct_2_7x2_32", 611_403, 0, 610_891],
    ["cct_4_3x1_32", "cct_4_3x1_32", 434_699, 0, 401_931],
    ["cct_4_3x2_32", "cct_4_3x2_32", 482_123, 0, 473_931],
    ["cct_4_7x1_32", "cct_4_7x1_32", 425_483, 0, 417_291],
    ["cct_4_7x2_32", "cct_4_7x2_32", 809_803, 0, 809_291],
    ["cct_6_3x1_32", "cct_6_3x1_32", 3_233_803, 0, 3_168_267],
    ["cct_6_3x2_32", "cct_6_3x2_32", 3_326_923, 0, 3_310_539],
    ["cct_6_7x1_32", "cct_6_7x1_32", 3_215_371, 0, 3_198_987],
    ["cct_6_7x2_32", "cct_6_7x2_32", 3_974_603, 0, 3_973_579],
    ["cct_7_3x1_32", "cct_7_3x1_32", 3_760_139, 0, 3_694_603],
    ["cct_7_3x2_32", "cct_7_3x2_32", 3_853_259, 0, 3_836_875],
    ["cct_7_7x1_32", "cct_7_7x1_32", 3_741_707, 0, 3_725_323],
    ["cct_7_7x2_32", "cct_7_7x2_32", 4_500_939, 0, 4_499_915],
    ["vit_ti16", "vit_tiny_patch16_224", 5_526_346, 0, 3_709_642],
    ["vit_s16", "vit_small_patch16_224", 21_669_514, 0, 14_497_162],
    ["vit_b16", "vit_base_patch16_224", 85_806_346, 0, 57_305_866],
    ["vit_b16", "vit_b_16", 85_806_346, 0, 57_305_866],
    ["vit_ti32", "vit_ti32", 5_940_490, 0, 4_152_010],
    ["vit_s32", "vit_small_patch32_224", 22_497_802, 0, 15_381_898],
    ["vit_b32", "vit_base_patch32_224", 87_462_922, 0, 59_075_338],
    ["vit_b32", "vit_b_32", 87_462_922, 0, 59_075_338],
    ["resnet18", "resnet18_bias", 11_186_442, 9_600, 11_186_442],
    ["resnet34", "resnet34_bias", 21_298_314, 17_024, 21_298_314],
    ["resnet50", "resnet50_bias", 23_555_082, 53_120, 23_555_082],
    ["resnet18_torchvision", "resnet18", 11_181_642, 9_600, 11_181_642],
    ["resnet34_torchvision", "resnet34", 21_289_802, 17_024, 21_289_802],
    ["resnet50_torchvision", "resnet50", 23_528_522, 53_120, 23_528_522],
    ["vgg16", "vgg16_dropout_first", 134_301_514, 0, 134_301_514],
    ["vgg16_bn", "vgg16_bn_dropout_first", 134_309_962, 8_448, 134_309_962],
    ["vgg16_torchvision", "vgg16", 134_301_514, 0, 134_301_514],
    ["vgg16_bn_torchvision", "vgg16_bn", 134_309_962, 8_448, 134_309_962],
    ["vgg16_cifar", "vgg16_cifar", 33_638_218, 0, 33_638_218],
    ["vgg1", "vgg16_cifar_no_first_conv", 33_601_290, 0, 33_601_290],
    ["vgg2", "vgg16_cifar_no_last_conv", 31_278_410, 0, 31_278_410],
    ["vgg3", "vgg16_cifar_one_hidden", 16_856_906, 0, 16_856_906],
    ["alexnet", "alexnet_lrn", 58_322_314, 0, 58_322_314],
    ["alexnet_torchvision", "alexnet", 57_044_810, 0, 57_044_810],
    ["airbench94", "airbench94", 1_971_640, 2_304, 1_971_640],
    ["mynet", "mynet", 117_930, 0, 117_930],
    ["cnn2", "cnn2", 113_738, 0, 113_738],
    ["cnn3", "cnn3", 64_554, 0, 64_554],
    ["cnn4", "cnn4", 429_386, 0, 429_386],
    ["cnn5", "cnn5", 914_122, 0, 914_122],
    ["cnn6", "cnn6", 411_786, 0, 411_786],
    ["cnn7", "cnn7", 1_411_594, 0, 1_411_594],
    ["fashion_cnn", "fashion_cnn", 925_190, 0, 925_190],
    ["cnn_self_attention", "cnn_self_attention", 737_294, 0, 737_294],
    ["transformer", "small_vit_image_rows", 159_498, 0, 155_274],
    ["transformer", "small_vit", 159_498, 0, 155_274],
    ["myvit", "myvit", 676_810, 6_240, 676_714],
    ["myvit_a", "myvit_a", 676_810, 6_240, 676_714],
    ["myvit_c", "myvit_c", 676_810, 6_240, 676_714],
    ["myvit_e", "myvit_e", 676_810, 6_240, 676_714],
    ["myvit_b", "myvit_b", 459_370, 0, 453_034],
    ["myvit_d", "myvit_d", 459_370, 0, 453_034],
  ];

describe("the registry", () => {
  it.each(ROWS)("has what was %s as %s, with the same numbers", (_, now, params, buffers, paramsTorchsummary) => {
    expect(counts(now, { numClasses: 10 })).toEqual({ params, buffers, paramsTorchsummary });
  });

  it("has no row that is not in this table", () => {
    expect(Object.keys(registry).sort()).toEqual(ROWS.map(([, now]) => now).sort());
  });

  it.each(Object.entries(RENAMED))("answers %s with %s", (old, now) => {
    expect(() => createModel(old as ModelName)).toThrow(
      new RegExp(
        `^createModel: name must be one of models.listModels\\(\\), got name='${old}'; it is called ${now} now$`,
      ),
    );
  });

  it.each(ROWS.filter(([old, now]) => old !== now).map(([old]) => old))("takes %s for no other network", (old) => {
    const isTheFields = SHARED.some((name) => name === old);
    expect(isTheFields || Object.hasOwn(ALIASES, old) || Object.hasOwn(RENAMED, old)).toBe(true);
  });
});

/** timm's and torchvision's. */
const SHARED = [
  ...["alexnet", "resnet18", "resnet34", "resnet50", "vgg16", "vgg16_bn", "vit_b_16", "vit_b_32"],
  ...["vit_tiny_patch16_224", "vit_small_patch16_224", "vit_base_patch16_224"],
  ...["vit_small_patch32_224", "vit_base_patch32_224"],
] as ModelName[];

describe.each(SHARED)("%s", (name) => {
  it("is for ImageNet's 1,000 classes at 224 px, as there", () => {
    const { numClasses, inputShape } = registry[name].config;
    expect({ numClasses, inputShape }).toEqual({ numClasses: 1000, inputShape: [224, 224, 3] });
  });
});

describe("short names", () => {
  it.each(Object.entries(ALIASES))("%s is timm's %s", (alias, name) => {
    expect(registry).not.toHaveProperty(alias);
    expect(modelConfig(alias as keyof typeof ALIASES)).toEqual(registry[name].config);
  });

  it("vit_b_16 differs from vit_base_patch16_224 in what its weights start from", () => {
    const { weightInit, ...torchvisions }: VitConfig = registry.vit_b_16.config;
    const { weightInit: timms, ...others }: VitConfig = registry.vit_base_patch16_224.config;
    expect(torchvisions).toEqual(others);
    expect([weightInit, timms]).toEqual(["torchvision", "timm"]);
  });
});
