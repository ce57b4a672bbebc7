"""Component 2, socio-economic data: dwelling, assets, poverty criteria; education, work and business."""

from __future__ import annotations

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, FamilyFact, HouseholdFact, PersonFact
from dtks.registration.registry.models.fields import (
    RULE_2021,
    amount,
    code,
    count,
    flags,
    text,
    yes_no,
    yes_no_2021,
)

OWNED = ("tenure", (1,))
GROUND_WATER = ("water_source", (4, 5, 6, 7, 8))
METERED = ("lighting", (1,))
USES_TOILET = ("toilet", (1, 2, 3))
SCHOOLED = ("school_participation", (2, 3))
WORKED = ("worked_last_week", (1,))
HAS_BUSINESS = ("owns_business", (1,))
NEEDS_POWER = "perlu listrik (307a bukan 4)"


class Dwelling(HouseholdFact):
    component = Component.SOCIO_ECONOMIC

    tenure = code(
        codes.Tenure, "301a", "kd_stat_bangunan_tinggal", "Status kepemilikan bangunan tempat tinggal",
        "Dwelling tenure",
    )  # fmt: skip
    land_title = code(
        codes.LandTitle, "301b", "kd_sertiv_lahan_milik", "Jenis bukti kepemilikan tanah", "Land title",
        rule="hanya bila 301a = 1", asked_if=OWNED,
    )  # fmt: skip
    land_tenure = code(
        codes.LandTenure, "", "kd_stat_lahan_tinggal", "Status lahan tempat tinggal (BDT 2015)", "Land tenure"
    )
    floor_area = count(997, "302", "luas_lantai", "Luas lantai (m2)", "Floor area (m2)", minimum=1)
    floor_material = code(
        codes.FloorMaterial, "303", "kd_jenis_lantai_terluas", "Jenis lantai terluas", "Main floor material"
    )
    wall_material = code(
        codes.WallMaterial, "304", "kd_jenis_dinding", "Jenis dinding terluas", "Main wall material"
    )
    wall_condition = code(
        codes.Condition, "", "kd_kondisi_dinding", "Kondisi dinding (BDT 2015)", "Condition of walls"
    )
    roof_material = code(
        codes.RoofMaterial, "305", "kd_jenis_atap", "Jenis atap terluas", "Main roof material"
    )
    roof_condition = code(
        codes.Condition, "", "kd_kondisi_atap", "Kondisi atap (BDT 2015)", "Condition of roof"
    )
    bedrooms = count(99, "", "jumlah_kamar_tidur", "Jumlah kamar tidur", "Bedrooms")
    water_source = code(
        codes.WaterSource,
        "306a",
        "kd_sumber_air_minum",
        "Sumber air minum utama",
        "Main drinking-water source",
    )
    water_distance = code(
        codes.WaterDistance, "306b", "kd_jarak_sumber_air_ke_tpl", "Jarak sumber air ke penampungan limbah",
        "Distance from water source to waste pit", rule="hanya bila 306a = 4..8", asked_if=GROUND_WATER,
    )  # fmt: skip
    water_payment = code(
        codes.WaterPayment, "", "kd_memperoleh_air_minum", "Cara memperoleh air minum (BDT 2015)",
        "How drinking water is obtained",
    )  # fmt: skip
    lighting = code(
        codes.Lighting, "307a", "kd_sumber_penerangan_utama", "Sumber penerangan utama", "Main lighting"
    )
    power_1 = code(
        codes.PowerCapacity, "307b1", "kd_daya_terpasang", "Daya terpasang 1", "Installed power, meter 1",
        rule="hanya bila 307a = 1", asked_if=METERED,
    )  # fmt: skip
    power_2 = code(
        codes.PowerCapacity, "307b2", "kd_daya_terpasang2", "Daya terpasang 2", "Installed power, meter 2",
        rule="hanya bila 307a = 1", asked_if=METERED,
    )  # fmt: skip
    power_3 = code(
        codes.PowerCapacity, "307b3", "kd_daya_terpasang3", "Daya terpasang 3", "Installed power, meter 3",
        rule="hanya bila 307a = 1", asked_if=METERED,
    )  # fmt: skip
    pln_customer_no = text(
        20, "", "kode_pelanggan_daya", "Nomor pelanggan PLN (2021)", "PLN customer number", personal=True
    )
    cooking_fuel = code(
        codes.CookingFuel, "308", "kd_bahan_bakar_memasak", "Bahan bakar/energi utama memasak",
        "Main cooking fuel",
    )  # fmt: skip
    toilet = code(
        codes.Toilet, "309a", "kd_fasilitas_tempat_bab", "Fasilitas tempat buang air besar", "Toilet"
    )
    closet_type = code(
        codes.ClosetType, "309b", "kd_jenis_kloset", "Jenis kloset", "Closet type",
        rule="hanya bila 309a = 1..3", asked_if=USES_TOILET,
    )  # fmt: skip
    sewage = code(
        codes.Sewage, "310", "kd_pembuangan_akhir_tinja", "Tempat pembuangan akhir tinja",
        "Final disposal of faeces", rule="wajib bila 309a = 1..3",
    )  # fmt: skip


class Assets(FamilyFact):
    """Goods, animals and services of a family (502–506)."""

    component = Component.SOCIO_ECONOMIC

    has_gas_cylinder = yes_no(
        "502a", "kd_tabung_gas_5_5_kg", "Tabung gas 5,5 kg atau lebih", "LPG cylinder of 5.5 kg or more",
        rule="1 bila dan hanya bila 308 = 2 atau 3",
    )  # fmt: skip
    has_refrigerator = yes_no("502b", "kd_lemari_es", "Lemari es/kulkas", "Refrigerator", rule=NEEDS_POWER)
    has_ac = yes_no("502c", "kd_ac", "AC", "Air conditioner", rule=NEEDS_POWER)
    has_water_heater = yes_no("502d", "kd_pemanas_air", "Pemanas air", "Water heater", rule=NEEDS_POWER)
    has_landline = yes_no("502e", "kd_telepon_rumah", "Telepon rumah (PSTN)", "Landline telephone")
    has_flat_tv = yes_no("502f", "kd_televisi", "TV layar datar >= 30 inci", "Flat TV of 30 inches or more")
    has_gold = yes_no("502g", "kd_perhiasan_10_gr_emas", "Emas/perhiasan >= 10 gram", "Gold, 10 g or more")
    has_computer = yes_no("502h", "kd_komputer_laptop", "Komputer/laptop/tablet", "Computer/laptop/tablet")
    has_motorcycle = yes_no("502i", "kd_sepeda_motor", "Sepeda motor", "Motorcycle")
    has_bicycle = yes_no("502j", "kd_sepeda", "Sepeda", "Bicycle")
    has_car = yes_no("502k", "kd_mobil", "Mobil", "Car")
    has_boat = yes_no("502l", "kd_perahu", "Perahu", "Boat")
    has_motor_boat = yes_no("502m", "kd_kapal_perahu_motor", "Kapal/perahu motor", "Motor boat")
    has_smartphone = yes_no("502n", "kd_smartphone", "Smartphone", "Smartphone")
    has_other_land = yes_no("503a", "kd_lahan", "Lahan lain", "Other land")
    has_other_house = yes_no("503b", "kd_rumah_ditempat_lain", "Rumah di tempat lain", "House elsewhere")
    land_area = count(10_000_000, "", "luas_lahan", "Luas lahan (m2)", "Land area (m2)")
    cattle = count(999, "504a", "jumlah_sapi", "Jumlah sapi", "Cattle")
    buffaloes = count(999, "504b", "jumlah_kerbau", "Jumlah kerbau", "Buffaloes")
    horses = count(999, "504c", "jumlah_kuda", "Jumlah kuda", "Horses")
    pigs = count(999, "504d", "jumlah_babi", "Jumlah babi", "Pigs")
    goats_sheep = count(999, "504e", "jumlah_kambing_domba", "Jumlah kambing/domba", "Goats and sheep")
    poultry = count(9999, "", "jumlah_unggas", "Jumlah unggas (2021)", "Poultry")
    fish = count(99_999, "", "jumlah_ikan", "Jumlah ikan (2021)", "Fish", rule=RULE_2021, kept_only=True)
    other_livestock = count(
        9999, "", "jumlah_lainnya", "Jumlah ternak lainnya (2021)", "Other livestock", rule=RULE_2021,
        kept_only=True,
    )  # fmt: skip
    has_gas_3kg = yes_no_2021("kd_tabung_gas_3_kg", "Tabung gas 3 kg", "LPG cylinder of 3 kg")
    has_gas_12kg = yes_no_2021("kd_tabung_gas_12_kg", "Tabung gas 12 kg", "LPG cylinder of 12 kg")
    has_feature_phone = yes_no_2021("kd_featured_phone", "Telepon genggam biasa", "Feature phone")
    internet_access = code(
        codes.InternetAccess, "505", "kd_internet_sebulan", "Akses internet utama sebulan terakhir",
        "Main internet access in the last month",
    )  # fmt: skip
    bank_account = code(
        codes.BankAccount, "506", "kd_rek_aktif", "Rekening aktif/dompet digital", "Bank account or e-wallet"
    )


class PovertyCriteria(FamilyFact):
    """The questions of Kepmensos 262/HUK/2022 that no other answer gives."""

    component = Component.SOCIO_ECONOMIC

    has_shelter = yes_no(
        "262-1", "tempat_berteduh", "Memiliki tempat berteduh tetap sehari-hari", "Has a permanent shelter"
    )
    lives_with_other_family = yes_no(
        "262-2", "tinggal_bersama", "Tinggal bersama keluarga lain (berbeda KK)", "Lives with another family",
        rule="keterangan; bukan kriteria",
    )  # fmt: skip
    head_works = yes_no(
        "262-3", "kk_bekerja", "Kepala/pengurus keluarga masih bekerja", "The head of the family works"
    )
    worried_food = yes_no(
        "262-4", "khawatir_makan", "Pernah khawatir/tidak makan dalam setahun terakhir",
        "Worried about food or went without in the last year",
    )  # fmt: skip
    food_share_high = yes_no(
        "262-5", "pengeluaran_pangan", "Pengeluaran pangan lebih besar (>70%) dari total pengeluaran",
        "Food takes more than 70% of spending", rule="keputusan menyebut separuh, formulir 70%",
    )  # fmt: skip
    bought_clothes = yes_no(
        "262-6", "beli_pakaian", "Ada pengeluaran untuk pakaian selama setahun terakhir",
        "Bought clothes in the last year",
    )  # fmt: skip
    eats_meat = yes_no_2021(
        "kd_konsumsi_daging", "Mengonsumsi daging/susu/ayam", "Eats meat, milk or chicken"
    )
    pays_treatment = yes_no_2021(
        "kd_bayar_biaya_pengobatan", "Mampu membayar biaya pengobatan", "Can pay for treatment"
    )


class Livelihood(PersonFact):
    """Education, work and business of a person (412–426)."""

    component = Component.SOCIO_ECONOMIC

    school_participation = code(
        codes.SchoolParticipation, "412", "kd_partisipasi_sekolah", "Partisipasi sekolah",
        "School participation", rule="umur >= 5",
    )  # fmt: skip
    education_level = code(
        codes.EducationLevel, "413", "kd_pendidikan_tertinggi",
        "Jenjang pendidikan tertinggi yang pernah/sedang diduduki", "Highest level attended",
        rule="umur >= 5 dan 412 = 2 atau 3", asked_if=SCHOOLED,
    )  # fmt: skip
    education_grade = code(
        codes.EducationGrade, "414", "kd_kelas_tertinggi", "Kelas tertinggi yang pernah/sedang diduduki",
        "Highest grade", rule="umur >= 5 dan 412 = 2 atau 3", asked_if=SCHOOLED,
    )  # fmt: skip
    diploma = code(
        codes.Diploma, "415", "kd_ijazah_tertinggi", "Ijazah tertinggi yang dimiliki", "Highest diploma",
        rule="umur >= 5 dan 412 = 2 atau 3", asked_if=SCHOOLED,
    )  # fmt: skip
    worked_last_week = yes_no(
        "416a", "kd_bekerja_seminggu_lalu", "Bekerja seminggu yang lalu", "Worked last week", rule="umur >= 5"
    )
    work_hours = count(
        99, "416b", "jumlah_jam_kerja_seminggu_lalu", "Jumlah jam kerja seminggu lalu",
        "Hours worked last week",
        rule="hanya bila 416a = 1", asked_if=WORKED,
    )  # fmt: skip
    industry = code(
        codes.Industry, "417", "kd_lapangan_usaha_pekerjaan", "Lapangan usaha pekerjaan utama",
        "Industry of main job", rule="hanya bila 416a = 1", asked_if=WORKED,
    )  # fmt: skip
    industry_text = text(
        191, "417t", "tulis_lapangan_usaha_pekerjaan", "Lapangan usaha (tulis)", "Industry (text)",
        rule="hanya bila 416a = 1",
    )  # fmt: skip
    employment_status = code(
        codes.EmploymentStatus, "418", "kd_kedudukan_di_pekerjaan",
        "Status kedudukan dalam pekerjaan utama", "Employment status", rule="hanya bila 416a = 1",
        asked_if=WORKED,
    )  # fmt: skip
    has_npwp = code(codes.HasNpwp, "419", "kd_punya_npwp", "Kepemilikan NPWP", "Tax number", rule="umur >= 5")
    npwp_number = text(20, "", "npwp", "Nomor NPWP (2021)", "Tax number (NPWP)", sealed=True)
    monthly_income = amount(
        "", "pendapatan_sebulan_terakhir", "Perkiraan pendapatan sebulan (rupiah)", "Income a month (rupiah)"
    )
    owns_business = yes_no(
        "420a", "kd_punya_usaha_sendiri_bersama", "Memiliki usaha sendiri/bersama", "Owns a business",
        rule="umur >= 5",
    )  # fmt: skip
    businesses = count(
        99, "420b", "jumlah_usaha_sendiri_bersama", "Jumlah usaha", "Number of businesses",
        rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    business_industry = code(
        codes.Industry, "421", "kd_lapangan_usaha_dr_usaha", "Lapangan usaha utama",
        "Industry of main business", rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    business_industry_text = text(
        191, "421t", "tulis_lapangan_usaha_dr_usaha", "Lapangan usaha (tulis)", "Industry of business (text)",
        rule="hanya bila 420a = 1",
    )  # fmt: skip
    paid_workers = count(
        999, "422", "jumlah_pekerja_dibayar", "Jumlah pekerja dibayar", "Paid workers",
        rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    unpaid_workers = count(
        99, "423", "jumlah_pekerja_tidak_dibayar", "Jumlah pekerja tidak dibayar", "Unpaid workers",
        rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    business_licence = code(
        codes.BusinessLicence, "424", "kd_kepemilikan_ijin_usaha", "Kepemilikan perizinan usaha",
        "Business licence", rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    business_turnover = code(
        codes.BusinessTurnover, "425", "kd_omset_usaha_perbulan", "Omzet usaha utama per bulan",
        "Turnover a month", rule="hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
    business_internet = flags(
        codes.BusinessInternet, "426", "kd_guna_internet_usaha", "Penggunaan internet dalam usaha",
        "Internet use in the business", rule="jumlah kode; hanya bila 420a = 1", asked_if=HAS_BUSINESS,
    )  # fmt: skip
